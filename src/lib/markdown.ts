/** Text that Markdown shows as it is: bars, tags and other marks are escaped. */
export const escapeMarkdown = (text: string): string => text.replace(/[|<>`*_[\]\\]/g, (mark) => `\\${mark}`)

/** Text on one line, as a cell of a table needs it. */
export const onOneLine = (text: string): string => text.replace(/\s+/g, ' ')

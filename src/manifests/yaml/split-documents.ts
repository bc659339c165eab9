/** One document of a text; `offset` is where it begins. */
export interface Piece {
  offset: number
  text: string
}

/** YAML forbids this line inside any value, so it separates documents even if one of them is invalid. */
const SEPARATOR = /^---(?=[ \t\r]|$)/

/** Splits a text into documents. Documents with only comments or directives are left out. */
export function splitDocuments(text: string): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let hasContent = false
  let offset = 0
  const close = (end: number): void => {
    if (hasContent) pieces.push({ offset: start, text: text.slice(start, end) })
    start = end
    hasContent = false
  }
  while (offset < text.length) {
    const newLine = text.indexOf('\n', offset)
    const end = newLine < 0 ? text.length : newLine + 1
    const line = text.slice(offset, newLine < 0 ? end : newLine)
    const isSeparator = SEPARATOR.test(line)
    if (isSeparator) close(offset)
    hasContent ||= !isBlank(isSeparator ? line.slice('---'.length) : line)
    offset = end
  }
  close(text.length)
  return pieces
}

const isBlank = (line: string): boolean => /^(?:[ \t\r]*(?:#.*)?|%.*|\.\.\.[ \t\r]*)$/.test(line)

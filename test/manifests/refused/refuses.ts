import { describe, expect, it } from 'vitest'
import { decode } from '../../../src/manifests/decode.ts'

/** The name of the row, the text, and the path, rule and message words of its issue. */
export type Row = [name: string, text: string, path: string, rule: string, ...words: string[]]

/** Each row is a test: its text is refused with its issue, which has a position. */
export function refuses(what: string, rows: Row[]): void {
  describe(`refused: ${what}`, () => {
    it.each(rows)('%s', (_name, text, path, rule, ...words) => {
      const docs = decode(text)
      expect(docs.map(({ manifest }) => manifest)).toEqual([undefined])
      const issues = docs.flatMap((doc) => doc.issues)
      const issue = issues.find((each) => each.path === path && each.rule === rule)
      expect(issue, JSON.stringify(issues)).toBeDefined()
      for (const word of words) expect(issue?.message).toContain(word)
      expect(issue?.line).toBeGreaterThan(0)
      expect(issue?.column).toBeGreaterThan(0)
    })
  })
}

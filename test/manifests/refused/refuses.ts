import { describe, expect, it } from 'vitest'
import { decode } from '../../../src/manifests/decode.ts'

/** Name of the row, text, and of the issue: path, rule, and words that its message must have. */
export type Row = [name: string, text: string, path: string, rule: string, ...words: string[]]

/** Every row is refused with its issue, at a place in the text. */
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

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, toIssue } from '../../src/manifests/decode.ts'
import { jobTemplate } from './manifests.ts'

const folder = join(import.meta.dirname, '../../examples')
const examples = readdirSync(folder)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))

/** What breaks YAML in practice: its indicators, white space, numbers and reserved words. */
const snippet = fc.constantFrom(
  ...'{ } [ ] , : - ? | > & * # " \' ! % @ ` ~ \t \n \r --- ... << &a *a !!str !!binary \0 \\x é \u2028'.split(
    ' ',
  ),
  '\n',
  '  ',
  ': ',
  'null',
  'yes',
  '0777',
  '9007199254740993',
  '.inf',
  '__proto__: {a: b}\n',
  'kind: List\n',
  'metadata: []\n',
)

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(40),
  insert: fc.oneof(snippet, fc.string({ maxLength: 8 })),
})

const mutated = fc
  .tuple(fc.constantFrom(...examples), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) =>
    mutations.reduce((result, { at, remove, insert }) => {
      const start = Math.floor(at * result.length)
      return result.slice(0, start) + insert + result.slice(start + remove)
    }, text),
  )

describe('for any text:', () => {
  it.each([
    ['a manifest with a few characters changed', mutated],
    [
      'any text',
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(snippet).map((all) => all.join('')),
      ),
    ],
  ])('%s: every document is a manifest or has issues, each with a position in the text', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const lines = text.split('\n').length
        for (const [index, doc] of decode(text).entries()) {
          expect(doc.document).toBe(index + 1)
          expect(doc.manifest === undefined).toBe(doc.issues.length > 0)
          for (const { line, column, message, rule } of doc.issues) {
            expect(line).toBeGreaterThan(0)
            expect(line).toBeLessThanOrEqual(lines)
            expect(column).toBeGreaterThan(0)
            expect(rule).toMatch(/^[a-z-]+$/)
            expect(message).not.toBe('')
          }
          expect(toIssue(doc, { path: ['spec', 0, 'x'], rule: 'r', message: 'm' }).document).toBe(index + 1)
        }
      }),
      { numRuns: 1500 },
    )
  })

  it('a decoded manifest is the same after it is written as JSON and decoded again', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        for (const { manifest } of decode(text)) {
          if (!manifest) continue
          const json = JSON.stringify(manifest)
          expect(decode(json).map((doc) => JSON.stringify(doc.manifest))).toEqual([json])
        }
      }),
      { numRuns: 1500 },
    )
  })
})

/** JSON keys without those that a JavaScript object cannot keep, or not in order. */
const key = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((name) => name !== '__proto__' && !/^\d+$/.test(name))
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((n) => n || 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

it('unknown fields of a pod spec pass unchanged, whatever JSON they are', () => {
  fc.assert(
    fc.property(json, (extra) => {
      const text = jobTemplate(
        `{"x": ${JSON.stringify(extra)}, "template": {"spec": {"y": ${JSON.stringify(extra)}, "containers": [{"name": "c", "image": "a"}]}}}`,
      )
      const [doc] = decode(text)
      expect(doc?.issues).toEqual([])
      expect(JSON.stringify(doc?.manifest?.spec)).toBe(
        `{"jobTemplate":{"x":${JSON.stringify(extra)},"template":{"spec":{"y":${JSON.stringify(extra)},"containers":[{"name":"c","image":"a"}]}}}}`,
      )
    }),
    { numRuns: 1500 },
  )
})

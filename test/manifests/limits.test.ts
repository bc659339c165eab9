import { describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { decode } from '../../src/manifests/decode.ts'
import {
  MAX_DOCUMENTS,
  MAX_ISSUES,
  MAX_MANIFEST_BYTES,
  MAX_TEXT_BYTES,
} from '../../src/manifests/fields/limits.ts'
import { container, head, jobFlow, jobTemplate } from './manifests.ts'

const rulesOf = (text: string): string[] =>
  decode(text).flatMap(({ issues }) => issues.map(({ rule }) => rule))
const documents = (count: number): string => `---\n${jobTemplate()}`.repeat(count)

it(`${MAX_DOCUMENTS} documents are accepted, and one more refuses all of them with one issue`, () => {
  expect(decode(documents(MAX_DOCUMENTS)).every(({ manifest }) => manifest)).toBe(true)
  const [whole, ...others] = decode(documents(300))
  expect(others).toEqual([])
  expect(whole?.issues).toEqual([
    { document: 1, path: '', rule: 'too-many-documents', message: expect.stringMatching(/300.*100/) },
  ])
  const items = Array.from({ length: MAX_DOCUMENTS + 1 }, () => ({}))
  expect(rulesOf(JSON.stringify({ kind: 'List', items }))).toEqual(['too-many-documents'])
})

it('a text over the limit in bytes is refused unread', () => {
  expect(rulesOf(`# ${'x'.repeat(MAX_TEXT_BYTES)}`)).toEqual(['too-large'])
  expect(rulesOf(`# ${'é'.repeat(MAX_TEXT_BYTES / 2)}`)).toEqual(['too-large'])
})

it('a manifest that is too large for Kubernetes is refused with its size', () => {
  const [doc] = decode(container(`image: a, args: ["${'x'.repeat(MAX_MANIFEST_BYTES)}"]`))
  expect(doc?.issues).toMatchObject([
    { path: '', rule: 'too-large', message: expect.stringContaining('1.0 MiB') },
  ])
  expect(rulesOf(container(`image: a, args: ["${'x'.repeat(MAX_MANIFEST_BYTES - 1000)}"]`))).toEqual([])
})

it(`at most ${MAX_ISSUES} issues are reported, and the last one says that there are more`, () => {
  const flows = Array.from({ length: 5000 }, (_, n) => `- {name: F${n}}`).join('\n')
  const issues = decode(jobFlow(`flows:\n${flows}`)).flatMap((doc) => doc.issues)
  expect(issues).toHaveLength(MAX_ISSUES)
  expect(issues.at(-1)?.rule).toBe('too-many-issues')
})

/** Texts that cost a parser much time, memory or stack. Each once did. */
const hostile: [string, string][] = [
  ['aliases that double nine times ten', bomb(9)],
  ['aliases that grow a text', `a: &a "${'x'.repeat(1e6)}"\nb: [${'*a,'.repeat(1e5)}]\n`],
  ['merge keys that double', mergeBomb(20)],
  ['merge keys in a long chain', mergeChain(1e5)],
  ['a map that merges itself', `${head('JobFlow')}spec: &s {<<: *s}`],
  ['a map that merges a circle', `${head('JobFlow')}spec: &s {flows: [&f {<<: [*s, *f]}], <<: *s}`],
  ['a merged chain in a manifest', `${mergeChain(1e5)}\n${head('JobFlow')}<<: *m100000`],
  ['merged doublings in a manifest', `${mergeBomb(60)}\n${head('JobFlow')}<<: *m60`],
  ['merge keys side by side', `{a: &a {}, ${'<<: *a, '.repeat(1e5)}}`],
  ['a million brackets', '['.repeat(1e6)],
  ['a million braces', '{'.repeat(1e6)],
  ['a million dashes', '- '.repeat(1e6)],
  ['a million keys in a row', 'a: '.repeat(1e6)],
  ['a million question marks', '? '.repeat(1e6)],
  ['a million commas', `[${','.repeat(1e6)}]`],
  ['a million closed brackets', '[]'.repeat(1e6)],
  ['a million tags', '! '.repeat(1e6)],
  ['a million wrong escapes', `"${'\\\\x'.repeat(3e5)}`],
  ['a hundred thousand keys', keys(1e5)],
  ['a hundred thousand unknown fields', head('JobFlow') + keys(1e5)],
  ['a hundred thousand empty keys', ':\n'.repeat(1e5)],
  ['a hundred thousand aliases', `- &a x\n${'- *a\n'.repeat(1e5)}`],
  ['an image that backtracks', container(`image: "${'a-'.repeat(1e5)}"`)],
  ['a name that backtracks', head('JobFlow', `${'a-'.repeat(1e5)}!`)],
  [
    'a label that backtracks',
    head('JobFlow').replace('}', `, labels: {"${'a.'.repeat(5e4)}!": "${'a-'.repeat(5e4)}"}}`),
  ],
]

describe('a hostile text is refused in bounded time:', () => {
  it.each(hostile)('%s', (_, text) => {
    const before = process.threadCpuUsage()
    const docs = decode(text)
    const { user, system } = process.threadCpuUsage(before)
    // CPU time of this thread, which other processes do not affect.
    expect((user + system) / 1_000).toBeLessThan(patience(10_000))
    expect(docs.every(({ manifest, issues }) => !manifest && issues.length > 0)).toBe(true)
  })
})

function mergeChain(length: number): string {
  const lines = Array.from({ length }, (_, n) => `m${n + 1}: &m${n + 1} {<<: *m${n}}`)
  return ['m0: &m0 {}', ...lines].join('\n')
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, n) => `k${n}: 1`).join('\n')
}

function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(10)}]`)
  return ['a0: &a0 lol', ...lines].join('\n')
}

function mergeBomb(levels: number): string {
  const lines = Array.from(
    { length: levels },
    (_, n) => `m${n + 1}: &m${n + 1} {<<: [*m${n}, *m${n}], k${n}: 1}`,
  )
  return ['m0: &m0 {k: 1}', ...lines].join('\n')
}

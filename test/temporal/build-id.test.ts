import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { buildId, filesOf } from '../../src/temporal/workers/build-id.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Writes the files of a small workflow to a folder of their own. Returns the path of its entry. */
function code(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-build-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return join(folder, 'index.ts')
}

const files = {
  'index.ts': "export { run } from './run.ts'\n",
  'run.ts':
    "import type { Input } from './input.ts'\nimport {\n  decide,\n} from './decide.ts'\nexport const run = decide\n",
  'input.ts': 'export type Input = string\n',
  'decide.ts':
    "import { proxyActivities } from '@temporalio/workflow'\nexport const decide = proxyActivities\n",
}

it('the same code has the same id in every folder', () => {
  expect(buildId(code(files))).toBe(buildId(code(files)))
  expect(buildId(code(files))).toMatch(/^[0-9a-f]{12}$/)
})

it('a change in a file that is imported as a value, even indirectly, changes the id', () => {
  expect(buildId(code({ ...files, 'decide.ts': 'export const decide = 1\n' }))).not.toBe(buildId(code(files)))
})

it('a change in a file that only types are imported from does not change the id', () => {
  expect(buildId(code({ ...files, 'input.ts': 'export type Input = number\n' }))).toBe(buildId(code(files)))
  expect(filesOf(code(files)).map((file) => file.slice(file.lastIndexOf('/') + 1))).toEqual([
    'decide.ts',
    'index.ts',
    'run.ts',
  ])
})

it('the same text in another file changes the id', () => {
  const { 'decide.ts': decide, ...others } = files
  const moved = { ...others, 'run.ts': files['run.ts'].replace('decide.ts', 'judge.ts'), 'judge.ts': decide }
  expect(buildId(code(moved))).not.toBe(buildId(code(files)))
})

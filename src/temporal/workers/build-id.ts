import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/** Entry point of the workflow bundle. */
export const workflowsPath = join(root, 'workflows/index.ts')

/** Digits of the hash: short enough to type, and few builds are in use at the same time. */
const LENGTH = 12

/**
 * Names the workflow code of this checkout. The id is the same on every machine for the same code, and
 * changes with every line of it. It covers the files of the bundle (workflows/index.ts and what it imports as
 * values, also in src) and the version of Temporal's SDK: what a replay depends on. It does not cover
 * activities, API and settings, which may change without a promotion. `MILLRACE_BUILD` sets another name.
 */
export function buildId(entry: string = workflowsPath): string {
  const hash = createHash('sha256').update(sdkVersion())
  for (const file of filesOf(entry)) {
    hash.update(`\0${relative(dirname(entry), file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, LENGTH)
}

/** The entry point and every file that it imports as values, directly or indirectly; sorted. */
export function filesOf(entry: string): string[] {
  const found = new Set<string>()
  const open = [entry]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue
    found.add(file)
    open.push(...importsOf(file))
  }
  return [...found].sort()
}

/** Type imports do not count: types are stripped before the code is bundled. */
const valueImport = /^(?:import|export)\s+(?!type\b)(?:[\w\s{},*]*from\s+)?'(\.[^']+)'/gm

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(valueImport)].map(([, path = '']) => join(dirname(file), path))

const sdkVersion = (): string => createRequire(import.meta.url)('@temporalio/workflow/package.json').version

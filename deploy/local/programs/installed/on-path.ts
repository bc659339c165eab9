import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { patience } from '../../slowness.ts'
import { versions } from '../build/targets.ts'
import type { ProgramName } from '../program.ts'
import type { Release } from '../releases.ts'
import { findProgram } from './find-program.ts'
import { type Fit, fits, serverVersionIn, versionIn, whatFits } from './fitting-version.ts'

const run = promisify(execFile)

/** The largest programs print their version within a second from a slow disk. */
const SAID_WITHIN_MS = 5_000

/** What PATH has: usable programs, or why they cannot be used. */
export type OnPath<Found> =
  | { kind: 'fits'; found: Found }
  | { kind: 'unfit'; because: string }
  | { kind: 'none' }

/** The programs of a release: all from PATH and of one version, or none. */
export async function releaseOnPath(
  { about, version: ours, fit }: Pick<Release, 'about' | 'version' | 'fit'>,
  names: readonly ProgramName[],
  signal: AbortSignal,
): Promise<OnPath<Map<ProgramName, string>>> {
  const paths = new Map(names.flatMap((name) => entryOf(name, findProgram(name))))
  if (paths.size === 0) return { kind: 'none' }
  const found = await Promise.all(
    [...paths.values()].map(async (path) => ({ path, version: await ask(path, versionIn, signal) })),
  )
  const unfit = found.map(({ path, version }) => whyNot(path, about, version, ours, fit)).find(Boolean)
  if (unfit) return { kind: 'unfit', because: unfit }
  const oneVersion = new Set(found.map(({ version }) => version)).size === 1
  if (oneVersion && paths.size === names.length) return { kind: 'fits', found: paths }
  const there = found.map(({ path, version }) => `${path} (${version})`).join(', ')
  const because = `Not used: ${there}. All of ${names.join(', ')} must be on PATH, in one version`
  return { kind: 'unfit', because }
}

/** Temporal's command line, if its development server has a compatible version. */
export async function temporalOnPath(signal: AbortSignal): Promise<OnPath<string>> {
  const path = findProgram('temporal')
  if (!path) return { kind: 'none' }
  const version = await ask(resolve(path), serverVersionIn, signal)
  const because = whyNot(resolve(path), "Temporal's server", version, versions.temporal, 'same-minor')
  return because ? { kind: 'unfit', because } : { kind: 'fits', found: resolve(path) }
}

const entryOf = (name: ProgramName, path: string | undefined): [ProgramName, string][] =>
  path ? [[name, resolve(path)]] : []

function whyNot(
  path: string,
  about: string,
  version: string | undefined,
  ours: string,
  fit: Fit,
): string | undefined {
  if (!version) return `Not used: ${path}, which does not print its version`
  if (fits(version, ours, fit)) return undefined
  return `Not used: ${path} is ${about} ${version}, but ${whatFits(ours, fit)} is needed (ours is ${ours})`
}

/** undefined if it prints no version: it is another program, cannot run here, or hangs. */
async function ask(
  path: string,
  versionOf: (answer: string) => string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const options = { timeout: patience(SAID_WITHIN_MS), killSignal: 'SIGKILL', signal, cwd: '/' } as const
    const { stdout, stderr } = await run(path, ['--version'], options)
    return versionOf(stdout) ?? versionOf(stderr)
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

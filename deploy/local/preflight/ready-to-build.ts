import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../environment/system-path.ts'
import { goFault } from '../programs/build/go-toolchain.ts'
import { type BuildTarget, versions } from '../programs/build/targets.ts'
import { type DiskNeed, diskFaults, GB } from './disk-space.ts'
import { memoryFaultsToBuild } from './memory.ts'

const run = promisify(execFile)

/**
 * What Go writes when it builds a target on a machine that has built nothing before: the sources of all dependencies,
 * and the compiled packages. Upper estimates by `du` on caches that were empty before.
 */
const written: Record<BuildTarget, { sources: number; compiled: number }> = {
  temporal: { sources: 1.1 * GB, compiled: 2 * GB },
  cluster: { sources: 1.6 * GB, compiled: 2.8 * GB },
  kwok: { sources: 0.1 * GB, compiled: 0.2 * GB },
}

/** The largest dependency of each target. If Go has unpacked it, it has the others too. */
const sourcesOf: Record<BuildTarget, string> = {
  temporal: `go.temporal.io/server@v${versions.temporal}`,
  cluster: `k8s.io/kubernetes@v${versions.kubernetes}`,
  kwok: `sigs.k8s.io/kwok@v${versions.kwok}`,
}

/** Throws one error that lists every fault. Called when a build is needed, before Go starts. */
export async function requireReadyToBuild(
  names: readonly BuildTarget[],
  env: NodeJS.ProcessEnv = withSystemPath(),
): Promise<void> {
  const faults = await buildFaults(names, env)
  if (faults.length > 0) throw new Error(faults.join('.\n'))
}

/** Every reason why these targets cannot be built here, one sentence each. */
async function buildFaults(
  names: readonly BuildTarget[],
  env: NodeJS.ProcessEnv = withSystemPath(),
): Promise<string[]> {
  if (names.length === 0) return []
  const [go, room] = await Promise.all([goFault(names, env), diskNeedsToBuild(names, env).then(diskFaults)])
  const estimates = env.MILLRACE_CHECKS === 'never' ? [] : [...room, ...memoryFaultsToBuild()]
  return go ? [go, ...estimates] : estimates
}

/** What Go still has to write: less if it has built this or an earlier version before. */
export async function diskNeedsToBuild(
  names: readonly BuildTarget[],
  env: NodeJS.ProcessEnv,
): Promise<DiskNeed[]> {
  const caches = names.length > 0 ? await goCaches(env) : undefined
  if (!caches) return []
  const without = names.filter((name) => !existsSync(join(caches.sources, sourcesOf[name])))
  const sources = sum(without.map((name) => written[name].sources))
  const compiled = sum(names.map((name) => written[name].compiled))
  // A full cache may belong to other projects. If the sources exist, so do their compiled packages.
  const there = without.length === 0 ? sizeOf(caches.compiled) : 0
  return [
    { what: 'sources of Go modules', folder: caches.sources, bytes: sources },
    { what: 'packages that Go compiles', folder: caches.compiled, bytes: Math.max(0, compiled - there) },
  ]
}

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)

async function goCaches(env: NodeJS.ProcessEnv): Promise<{ sources: string; compiled: string } | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOMODCACHE', 'GOCACHE'], {
      env: { ...env, GOTOOLCHAIN: 'local' },
      cwd: '/',
    })
    const [sources, compiled] = stdout.split('\n')
    return sources && compiled ? { sources, compiled } : undefined
  } catch {
    // Without Go nothing is written.
    return undefined
  }
}

/** Go spreads its cache evenly over 256 folders by a hash, so a few of them show the size of all. */
const SAMPLES = ['0a', '47', '93', 'e8']

function sizeOf(cache: string): number {
  const bytes = SAMPLES.map((sample) => join(cache, sample)).map((folder) =>
    existsSync(folder) ? sum(readdirSync(folder).map((file) => statSync(join(folder, file)).size)) : 0,
  )
  return (sum(bytes) / SAMPLES.length) * 256
}

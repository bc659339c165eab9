import { execFile } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { promisify } from 'node:util'
import { containers, ownCluster } from '../../preflight/alternatives.ts'
import { patience } from '../../slowness.ts'
import { findProgram } from '../installed/find-program.ts'
import { canBuild, chosenBy, type Go } from './go-version.ts'
import { type BuildTarget, goVersion, targets } from './targets.ts'

const run = promisify(execFile)

/** Where its own archive is unpacked. No system has these on PATH, and sudo removes them from the user's. */
const USUAL_PLACES = ['/usr/local/go/bin', '/usr/lib/go/bin', '/snap/bin']
/** It prints its settings in milliseconds. A Go that must be downloaded first is not waited for here. */
const ANSWERS_WITHIN_MS = 10_000

/** Why the Go on PATH cannot build these targets, with the alternatives. undefined if it can. */
export async function goFault(
  names: readonly BuildTarget[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (names.length === 0) return undefined
  const because = await whyNot(goVersion, env)
  if (!because) return undefined
  const abouts = names.map((name) => targets[name].about).join(' and ')
  const ways = [...new Set(names.map((name) => without[name])), containers].join(', or ')
  return `Go ${goVersion} or newer is needed to build ${abouts}, once on this machine. ${because}, or ${downloads(env)}, or ${ways}`
}

/** What is wrong with the Go on PATH, and the remedy. undefined if it can build. */
async function whyNot(wanted: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = env.PATH ?? ''
  const binary = findProgram('go', path)
  if (!binary) return absence()
  const go = await settingsOf(binary, env)
  if (!go) return `${binary} does not print its version: see the output of \`${binary} env\``
  if (canBuild(go, wanted, (name) => findProgram(name, path) !== undefined)) return undefined
  const used = chosenBy(go).replace('go', '')
  if (used !== go.version.replace('go', ''))
    return `GOTOOLCHAIN=${go.toolchain} makes ${binary} run ${used}: unset it (\`go env -u GOTOOLCHAIN\`)`
  const held = go.toolchain ? ` and may not fetch a newer one (GOTOOLCHAIN=${go.toolchain})` : ''
  return `${binary} is ${used}${held}: ${INSTALL}`
}

/** Runs outside any module, so that Go does not download a newer version to answer. */
async function settingsOf(binary: string, env: NodeJS.ProcessEnv): Promise<Go | undefined> {
  const ask = async (name: string, more: NodeJS.ProcessEnv): Promise<string> => {
    const options = { cwd: '/', env: { ...env, ...more }, timeout: patience(ANSWERS_WITHIN_MS) } as const
    return (await run(binary, ['env', name], options)).stdout.trim()
  }
  try {
    const [version, toolchain] = await Promise.all([
      ask('GOVERSION', { GOTOOLCHAIN: 'local', GOWORK: 'off' }),
      ask('GOTOOLCHAIN', {}),
    ])
    return version ? { version, toolchain } : undefined
  } catch {
    return undefined
  }
}

const INSTALL = 'install a newer one (https://go.dev/doc/install)'

function absence(): string {
  const elsewhere = findProgram('go', USUAL_PLACES.join(delimiter))
  if (!elsewhere) return 'Go is not on PATH: install it (https://go.dev/doc/install)'
  return `${elsewhere} is not on PATH: run \`PATH=$PATH:${dirname(elsewhere)} npm start\``
}

const downloads = (env: NodeJS.ProcessEnv): string =>
  env.MILLRACE_DOWNLOADS === 'never'
    ? 'allow downloads: start without MILLRACE_DOWNLOADS=never'
    : 'set a mirror that has the release: MILLRACE_DOWNLOADS=https://…'

/** What the user can use instead of building a target. */
const without: Record<BuildTarget, string> = {
  temporal: 'use your own Temporal: `TEMPORAL_ADDRESS=host:port npm start`',
  cluster: ownCluster,
  kwok: ownCluster,
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskNeedsToBuild, requireReadyToBuild } from '../../../deploy/local/preflight/ready-to-build.ts'
import { versions } from '../../../deploy/local/programs/build/targets.ts'
import { fakeCommands, temporaryFolder } from '../fake-commands.ts'

/** A Go of this version, whose caches are in a temporary folder. */
function machine(goVersion = 'go1.99.0') {
  const folder = temporaryFolder()
  const [sources, compiled] = [join(folder, 'mod'), join(folder, 'build')]
  const go = `case "$*" in
"env GOMODCACHE GOCACHE") echo ${sources}; echo ${compiled} ;;
"env GOVERSION") echo ${goVersion} ;;
"env GOTOOLCHAIN") echo local ;;
esac`
  return {
    env: { PATH: `${fakeCommands(join(folder, 'bin'), { go })}:/usr/bin:/bin` },
    haveSources: (module: string): unknown => mkdirSync(join(sources, module), { recursive: true }),
    /** Spread evenly over the folders, like Go's cache. */
    haveCompiled(bytes: number): void {
      for (let at = 0; at < 256; at++) {
        const part = join(compiled, at.toString(16).padStart(2, '0'))
        mkdirSync(part, { recursive: true })
        writeFileSync(join(part, 'a-d'), Buffer.alloc(bytes / 256))
      }
    },
  }
}

const kubernetes = `k8s.io/kubernetes@v${versions.kubernetes}`
const total = async (env: NodeJS.ProcessEnv): Promise<number> =>
  (await diskNeedsToBuild(['cluster'], env)).reduce((sum, { bytes }) => sum + bytes, 0)

describe('disk needs of a build', () => {
  it('include all sources and all compiled packages if Go has built nothing before', async () => {
    const { env } = machine()
    const rooms = await diskNeedsToBuild(['cluster', 'temporal'], env)
    expect(rooms.map(({ what }) => what)).toEqual(['sources of Go modules', 'packages that Go compiles'])
    for (const { bytes } of rooms) expect(bytes).toBeGreaterThan(1e9)
    expect(await total(env)).toBeLessThan(rooms.reduce((sum, { bytes }) => sum + bytes, 0))
  })

  it('are reduced by what an earlier build left behind', async () => {
    const fresh = await total(machine().env)
    const built = machine()
    built.haveSources(kubernetes)
    built.haveCompiled(25_600_000)
    const [sources, compiled] = await diskNeedsToBuild(['cluster'], built.env)
    expect(sources?.bytes).toBe(0)
    const whole = (await diskNeedsToBuild(['cluster'], machine().env))[1]?.bytes ?? 0
    expect(whole - (compiled?.bytes ?? 0)).toBe(25_600_000)
    expect(await total(built.env)).toBeLessThan(fresh)
  })

  it('are not reduced by compiled packages of other projects', async () => {
    const other = machine()
    other.haveSources('k8s.io/kubernetes@v1.2.3')
    other.haveCompiled(25_600_000)
    expect(await total(other.env)).toBe(await total(machine().env))
  })
})

describe('before a build', () => {
  it('nothing is checked if nothing is to be built', async () => {
    await requireReadyToBuild([], { PATH: temporaryFolder() })
  })

  it('an old Go is reported even if estimates are disabled', async () => {
    const { env } = machine('go1.20.1')
    const ready = requireReadyToBuild(['cluster', 'temporal'], { ...env, MILLRACE_CHECKS: 'never' })
    await expect(ready).rejects.toThrow(/needed to build Kubernetes/)
  })
})

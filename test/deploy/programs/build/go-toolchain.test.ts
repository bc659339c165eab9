import { describe, expect, it } from 'vitest'
import { goFault } from '../../../../deploy/local/programs/build/go-toolchain.ts'
import { canBuild, compareVersions } from '../../../../deploy/local/programs/build/go-version.ts'
import { goVersion as wanted } from '../../../../deploy/local/programs/build/targets.ts'
import { fakeCommands, temporaryFolder } from '../../fake-commands.ts'

/**
 * A fake Go of this version. It answers like the real one: with its own version only if it may not switch toolchains.
 */
const goOf = (version: string, toolchain: string): string => `case "$*" in
"env GOTOOLCHAIN") echo "\${GOTOOLCHAIN:-${toolchain}}" ;;
"env GOVERSION") [ "$GOTOOLCHAIN" = local ] && echo ${version} || { echo "go: downloading go${wanted}"; sleep 100; } ;;
esac`

const environment = (scripts: Record<string, string>, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${fakeCommands(temporaryFolder(), scripts)}:/bin:/usr/bin`,
  ...more,
})

describe('versions of Go', () => {
  it.each([
    ['go1.26.8', '1.26.0', 1],
    ['go1.26', '1.26.0', 0],
    ['go1.9.2', '1.26.0', -1],
    ['go1.26rc2', '1.26.0', -1],
    ['go1.27rc1', '1.26.3', 1],
    ['go1.26.1 X:boringcrypto', '1.26.1', 0],
    ['devel go1.28-1a2b3c Tue Feb 3', '1.26.0', 1],
  ])('compares %s with %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign)
  })
})

describe('whether a Go can build code that needs 1.26.0', () => {
  const on =
    (...names: string[]) =>
    (name: string) =>
      names.includes(name)
  it.each([
    { version: 'go1.26.0', toolchain: 'local', builds: true, because: 'it is new enough' },
    { version: 'go1.25.9', toolchain: 'local', builds: false, because: 'it is too old and may not switch' },
    { version: 'go1.25.9', toolchain: 'auto', builds: true, because: 'it fetches a newer one' },
    { version: 'go1.21.0', toolchain: 'auto', builds: true, because: '1.21 is the first that can fetch one' },
    { version: 'go1.20.14', toolchain: 'auto', builds: false, because: 'no version before 1.21 fetches one' },
    {
      version: 'go1.19.8',
      toolchain: '',
      builds: false,
      because: 'Debian 12 has it, and it does not support GOTOOLCHAIN',
    },
    { version: 'go1.24.4', toolchain: '', builds: false, because: 'no setting allows it' },
    { version: 'go1.24.4', toolchain: 'go1.24.6+auto', builds: true, because: 'it fetches a newer one' },
    { version: 'go1.24.4', toolchain: 'go1.26.2', builds: true, because: 'it runs the version that is set' },
    {
      version: 'go1.26.4',
      toolchain: 'go1.25.1',
      builds: false,
      because: 'it runs the version that is set, which is too old',
    },
    { version: 'go1.24.4', toolchain: 'path', builds: false, because: 'the newer one is not on PATH' },
  ])('$version with GOTOOLCHAIN=$toolchain: $builds, because $because', ({ version, toolchain, builds }) => {
    expect(canBuild({ version, toolchain }, '1.26.0', on())).toBe(builds)
  })

  it('a newer one on PATH suffices if it may be used', () => {
    expect(canBuild({ version: 'go1.24.4', toolchain: 'path' }, '1.26.0', on('go1.26.0'))).toBe(true)
  })
})

describe('before a build', () => {
  it('a new Go is accepted', async () => {
    expect(await goFault(['cluster'], environment({ go: goOf('go1.99.0', 'local') }))).toBeUndefined()
  })

  it('an old Go that may fetch a newer one is accepted, and the check fetches nothing', async () => {
    expect(await goFault(['cluster'], environment({ go: goOf('go1.21.0', 'auto') }))).toBeUndefined()
  })

  it('an old Go is reported with the version needed, the target, and the alternatives', async () => {
    const env = environment({ go: goOf('go1.24.4', 'local') })
    const fault = await goFault(['cluster'], env)
    expect(fault).toContain(`Go ${wanted} or newer is needed to build Kubernetes`)
    expect(fault).toMatch(/\/go is 1\.24\.4 and may not fetch a newer one \(GOTOOLCHAIN=local\)/)
    expect(fault).toContain('npm start -- --context NAME')
    expect(fault).toContain('docker compose up --build')
    expect(fault).toContain('MILLRACE_DOWNLOADS=https://')
  })

  it('the setting that selects an old Go is named', async () => {
    const env = environment({ go: goOf('go1.99.0', 'auto') }, { GOTOOLCHAIN: 'go1.22.1' })
    expect(await goFault(['cluster'], env)).toMatch(/GOTOOLCHAIN=go1\.22\.1 makes \S+\/go run 1\.22\.1/)
  })

  it('one sentence covers all targets, with the newest version that one of them needs', async () => {
    const fault = await goFault(['cluster', 'temporal'], environment({ go: goOf('go1.20.1', '') }))
    expect(fault).toMatch(
      /^Go \S+ or newer is needed to build Kubernetes .* and Temporal .*, once on this machine\./,
    )
    expect(fault).toContain('npm start -- --context NAME')
    expect(fault).toContain('TEMPORAL_ADDRESS=host:port npm start')
    expect(await goFault([], {})).toBeUndefined()
  })

  it('a missing Go is reported with the alternative for the target', async () => {
    const fault = await goFault(['temporal'], { PATH: temporaryFolder() })
    expect(fault).toMatch(/(Go|go) is not on PATH/)
    expect(fault).toContain('TEMPORAL_ADDRESS=host:port npm start')
  })

  it('a broken Go is reported', async () => {
    const env = environment({ go: 'echo "go: cannot find GOROOT directory" >&2; exit 2' })
    expect(await goFault(['cluster'], env)).toMatch(
      /\/go does not print its version: see the output of `\S+ env`/,
    )
  })

  it('disabled downloads are named', async () => {
    const fault = await goFault(['cluster'], { PATH: temporaryFolder(), MILLRACE_DOWNLOADS: 'never' })
    expect(fault).toContain('without MILLRACE_DOWNLOADS=never')
  })
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { usualLimits } from '../../../deploy/local/programs/downloads/download.ts'
import { ensurePrograms } from '../../../deploy/local/programs/ensure-programs.ts'
import { ensurePackages, withUnpacked } from '../../../deploy/local/programs/packages/install-packages.ts'
import config from '../../../vitest.config.ts'
import { fakeCommands, setVariable, temporaryFolder } from '../fake-commands.ts'
import { startReleaseServer } from './release-server.ts'

/** Log their calls, which must not happen. */
let folder: string
let called: string
beforeEach(() => {
  folder = temporaryFolder()
  called = join(folder, 'called')
  const tell = `echo "$0 $@" >>${called}; exit 1`
  const commands = fakeCommands(join(folder, 'bin'), { go: tell, 'apt-get': tell, 'dpkg-deb': tell })
  setVariable('PATH', commands)
  setVariable('XDG_CACHE_HOME', join(folder, 'cache'))
  setVariable('MILLRACE_PROGRAMS', 'present')
})

const options = { report: () => undefined, signal: new AbortController().signal }

describe('with MILLRACE_PROGRAMS=present', () => {
  it('missing programs are named, and neither downloaded nor built', async () => {
    const server = await startReleaseServer()
    const downloads = {
      source: { kind: 'mirror' as const, base: server.url },
      checksums: {},
      limits: usualLimits,
    }
    await expect(ensurePrograms(['etcd', 'kwok'], { ...options, downloads })).rejects.toThrow(
      /^Missing: etcd, kwok\. .*MILLRACE_PROGRAMS=present/,
    )
    await server.close()
    expect({ asked: server.requests, called: existsSync(called) }).toEqual({ asked: [], called: false })
  })

  it('missing packages are named, and not installed', async () => {
    const missing = ensurePackages({ chromium: join(folder, 'chromium') }, options)
    await expect(missing).rejects.toThrow(/^Missing: chromium\. .*MILLRACE_PROGRAMS=present/)
    const unpacked = withUnpacked('busybox-static', options, () => undefined)
    await expect(unpacked).rejects.toThrow(/^Missing: busybox-static\. /)
    expect(existsSync(called)).toBe(false)
  })

  it('existing programs are used', async () => {
    await ensurePackages({ sh: '/bin/sh' }, options)
  })
})

it('tests on a real stack run in this mode and never build or install', () => {
  const projects = 'test' in config ? (config.test?.projects ?? []) : []
  const real = projects.find((one) => typeof one === 'object' && 'test' in one && one.test?.name === 'real')
  expect(real).toMatchObject({ test: { env: { MILLRACE_PROGRAMS: 'present' } } })
})

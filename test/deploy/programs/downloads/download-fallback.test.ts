import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addressOf,
  cachedName,
  hasReleases,
  kubernetes,
  makeReleaseFixture,
  type ReleaseFixture,
  sha256Of,
  whoIs,
} from '../release-fixture.ts'
import { cutOff, stall } from '../release-server.ts'

let fixture: ReleaseFixture
beforeEach(async () => {
  fixture = await makeReleaseFixture()
})
afterEach(() => fixture.remove())

describe.runIf(hasReleases)('what cannot be downloaded is built', () => {
  it('if the server lacks the file', async () => {
    await fixture.ensure(['etcd'])
    expect(fixture.failures()).toContain(`${fixture.server.url}/${addressOf('etcd')} answers 404`)
    expect(fixture.machine.built()).not.toEqual([])
  })

  it('if the download is interrupted', async () => {
    fixture.publish(kubernetes)
    fixture.server.behaviours.set(addressOf('kubelet'), cutOff(2))
    const programs = await fixture.ensure(kubernetes, { limits: { tries: 2 } })
    expect(fixture.failures()).toMatch(
      /^Kubernetes \S+ cannot be downloaded and is built instead: .*kubelet was interrupted 2 times/,
    )
    expect(new Set(kubernetes.map((name) => programs[name].binary)).size, 'all are from one place').toBe(1)
    expect(fixture.machine.cached().filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('but not at the next start without Go, when the download succeeds', async () => {
    fixture.machine.breakGo()
    fixture.publish(kubernetes)
    fixture.server.behaviours.set(addressOf('kubelet'), cutOff(2))
    await expect(fixture.ensure(kubernetes, { limits: { tries: 2 } })).rejects.toThrow()
    fixture.server.requests.splice(0)
    const programs = await fixture.ensure(kubernetes)
    expect(whoIs(programs.kubelet.binary)).toBe('kubelet')
    expect(fixture.server.requests).toEqual([`GET ${addressOf('kubelet')}`])
  })

  it('if the download stalls', async () => {
    fixture.publish(['etcd'])
    fixture.server.behaviours.set(addressOf('etcd'), stall)
    await fixture.ensure(['etcd'], { limits: { silenceMs: 200 } })
    expect(fixture.failures()).toContain('for 0.2 s')
    expect(fixture.machine.built()).not.toEqual([])
  })

  it('if the host is unreachable, which is reported once for all its files', async () => {
    await fixture.server.close()
    await fixture.ensure([...kubernetes, 'etcd', 'kwok'])
    expect(fixture.failures().match(/can be downloaded/g)).toHaveLength(1)
    expect(fixture.failures()).toMatch(
      /^Nothing can be downloaded from http:\S+ \(.*ECONNREFUSED.*\): building instead/,
    )
    expect(fixture.machine.built()).not.toEqual([])
  })

  it('if the file is not an archive', async () => {
    const page = Buffer.from('<html>Sign in</html>')
    fixture.server.files.set(addressOf('etcd'), page)
    fixture.checksums[addressOf('etcd')] = { sha256: sha256Of(page) }
    await fixture.ensure(['etcd'])
    expect(fixture.failures()).toContain('cannot be unpacked')
  })

  it('if the proxy of the environment is invalid', async () => {
    fixture.publish(['etcd'])
    process.env.http_proxy = 'http://'
    await fixture.ensure(['etcd']).finally(() => delete process.env.http_proxy)
    expect(fixture.failures()).toMatch(
      /^Nothing can be downloaded: the proxy setting of the environment is invalid/,
    )
    expect(fixture.machine.built()).not.toEqual([])
  })

  it('separately for each release', async () => {
    fixture.publish(['etcd'])
    const programs = await fixture.ensure([...kubernetes, 'etcd'])
    expect(whoIs(programs.etcd.binary)).toBe('etcd')
    expect(programs.kubelet.binary).not.toBe(programs.etcd.binary)
    expect(fixture.machine.built()).not.toEqual([])
  })
})

describe.runIf(hasReleases)('an aborted download', () => {
  it('ends the start with the reason, builds nothing and leaves nothing behind', async () => {
    fixture.publish(kubernetes)
    fixture.server.behaviours.set(addressOf('kubelet'), stall)
    const abort = new AbortController()
    const ended = fixture.ensure(['kubelet'], { signal: abort.signal })
    ended.catch(() => undefined)
    await expect.poll(() => fixture.lines.some((line) => line.startsWith('Downloading kubelet'))).toBe(true)
    expect(fixture.machine.cached()).toHaveLength(1)
    abort.abort(new Error('stopped'))
    await expect(ended).rejects.toThrow('stopped')
    expect(fixture.machine.cached()).toEqual([])
    expect(fixture.machine.built()).toEqual([])
  })

  it('of a killed process is removed by the next one', async () => {
    fixture.publish(['etcd'])
    const killed = spawnSync('true').pid
    const left = join(process.env.XDG_CACHE_HOME ?? '', 'millrace', 'bin', `.download-${killed}-abc`)
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'kubelet'), 'half of it')
    await fixture.ensure(['etcd'])
    expect(fixture.machine.cached()).toEqual([cachedName('etcd')])
  })
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cutOff, standStill } from '../release-server.ts'
import {
  addressOf,
  cachedName,
  hasReleases,
  kubernetes,
  makeReleaseWorld,
  type ReleaseWorld,
  sha256Of,
  whoIs,
} from '../release-fixture.ts'

let world: ReleaseWorld
beforeEach(async () => {
  world = await makeReleaseWorld()
})
afterEach(() => world.remove())

describe.runIf(hasReleases)('what cannot be downloaded is built', () => {
  it('if the server lacks the file', async () => {
    await world.ensure(['etcd'])
    expect(world.failures()).toContain(`${world.server.url}/${addressOf('etcd')} answers 404`)
    expect(world.machine.built()).not.toEqual([])
  })

  it('if the download is interrupted', async () => {
    world.publish(kubernetes)
    world.server.behaviours.set(addressOf('kubelet'), cutOff(2))
    const programs = await world.ensure(kubernetes, { limits: { tries: 2 } })
    expect(world.failures()).toMatch(
      /^Kubernetes \S+ cannot be downloaded and is built instead: .*kubelet was interrupted 2 times/,
    )
    expect(new Set(kubernetes.map((name) => programs[name].binary)).size, 'all are from one place').toBe(1)
    expect(world.machine.cached().filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('but not at the next start without Go, when the download succeeds', async () => {
    world.machine.breakGo()
    world.publish(kubernetes)
    world.server.behaviours.set(addressOf('kubelet'), cutOff(2))
    await expect(world.ensure(kubernetes, { limits: { tries: 2 } })).rejects.toThrow()
    world.server.requests.splice(0)
    const programs = await world.ensure(kubernetes)
    expect(whoIs(programs.kubelet.binary)).toBe('kubelet')
    expect(world.server.requests).toEqual([`GET ${addressOf('kubelet')}`])
  })

  it('if the download stalls', async () => {
    world.publish(['etcd'])
    world.server.behaviours.set(addressOf('etcd'), standStill)
    await world.ensure(['etcd'], { limits: { silenceMs: 200 } })
    expect(world.failures()).toContain('for 0.2 s')
    expect(world.machine.built()).not.toEqual([])
  })

  it('if the host is unreachable, which is reported once for all its files', async () => {
    await world.server.close()
    await world.ensure([...kubernetes, 'etcd', 'kwok'])
    expect(world.failures().match(/can be downloaded/g)).toHaveLength(1)
    expect(world.failures()).toMatch(
      /^Nothing can be downloaded from http:\S+ \(.*ECONNREFUSED.*\): building instead/,
    )
    expect(world.machine.built()).not.toEqual([])
  })

  it('if the file is not an archive', async () => {
    const page = Buffer.from('<html>Sign in</html>')
    world.server.files.set(addressOf('etcd'), page)
    world.checksums[addressOf('etcd')] = { sha256: sha256Of(page) }
    await world.ensure(['etcd'])
    expect(world.failures()).toContain('cannot be unpacked')
  })

  it('if the proxy of the environment is invalid', async () => {
    world.publish(['etcd'])
    process.env.http_proxy = 'http://'
    await world.ensure(['etcd']).finally(() => delete process.env.http_proxy)
    expect(world.failures()).toMatch(
      /^Nothing can be downloaded: the proxy setting of the environment is invalid/,
    )
    expect(world.machine.built()).not.toEqual([])
  })

  it('separately for each release', async () => {
    world.publish(['etcd'])
    const programs = await world.ensure([...kubernetes, 'etcd'])
    expect(whoIs(programs.etcd.binary)).toBe('etcd')
    expect(programs.kubelet.binary).not.toBe(programs.etcd.binary)
    expect(world.machine.built()).not.toEqual([])
  })
})

describe.runIf(hasReleases)('an aborted download', () => {
  it('ends the start with the reason, builds nothing and leaves nothing behind', async () => {
    world.publish(kubernetes)
    world.server.behaviours.set(addressOf('kubelet'), standStill)
    const abort = new AbortController()
    const ended = world.ensure(['kubelet'], { signal: abort.signal })
    ended.catch(() => undefined)
    await expect.poll(() => world.lines.some((line) => line.startsWith('Downloading kubelet'))).toBe(true)
    expect(world.machine.cached()).toHaveLength(1)
    abort.abort(new Error('stopped'))
    await expect(ended).rejects.toThrow('stopped')
    expect(world.machine.cached()).toEqual([])
    expect(world.machine.built()).toEqual([])
  })

  it('of a killed process is removed by the next one', async () => {
    world.publish(['etcd'])
    const killed = spawnSync('true').pid
    const left = join(process.env.XDG_CACHE_HOME ?? '', 'millrace', 'bin', `.download-${killed}-abc`)
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'kubelet'), 'half of it')
    await world.ensure(['etcd'])
    expect(world.machine.cached()).toEqual([cachedName('etcd')])
  })
})

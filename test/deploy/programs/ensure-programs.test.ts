import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensurePrograms } from '../../../deploy/local/programs/ensure-programs.ts'
import { targetsToBuild } from '../../../deploy/local/programs/locate-programs.ts'
import { nameOf } from '../../../deploy/local/programs/releases.ts'
import { says } from '../fake-programs.ts'
import {
  addressOf,
  cachedName,
  hasReleases,
  kubernetes,
  makeReleaseWorld,
  type ReleaseWorld,
  releaseOf,
  temporal,
  whoIs,
} from './release-fixture.ts'

let world: ReleaseWorld
beforeEach(async () => {
  world = await makeReleaseWorld()
})
afterEach(() => world.remove())

describe.runIf(hasReleases)('programs that this machine lacks', () => {
  it('are downloaded and can be run', async () => {
    world.publish([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    const programs = await world.ensure([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    for (const [name, { binary, argv0 }] of Object.entries(programs)) {
      expect(argv0).toBe(name)
      expect(whoIs(binary)).toBe(name)
    }
    expect(world.machine.built()).toEqual([])
  })

  it('are stored only in the cache, complete, under names with their version', async () => {
    world.publish(temporal)
    await world.ensure(temporal)
    expect(world.lines).toContain(
      `Downloading, once on this machine: ${nameOf(releaseOf('temporal-server'))}`,
    )
    expect(world.machine.cached()).toEqual(temporal.map(cachedName))
    expect(world.server.requests).toHaveLength(1)
  })

  it('are downloaded only once', async () => {
    world.publish(['etcd'])
    const first = await world.ensure(['etcd'])
    await world.server.close()
    expect(await world.ensure(['etcd'])).toEqual(first)
  })

  it('are stored once by two concurrent downloads', async () => {
    world.publish(['etcd'])
    const [one, other] = await Promise.all([world.ensure(['etcd']), world.ensure(['etcd'])])
    expect(one).toEqual(other)
    expect(whoIs(one.etcd.binary)).toBe('etcd')
    expect(world.machine.cached()).toEqual([cachedName('etcd')])
  })

  it('are taken from PATH if they are there, and the others are downloaded', async () => {
    const onPath = world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    world.publish(kubernetes)
    const programs = await world.ensure([...kubernetes, 'etcd'])
    expect(programs.etcd).toEqual({ binary: onPath, argv0: 'etcd' })
    expect(whoIs(programs.kubelet.binary)).toBe('kubelet')
    expect(world.machine.built()).toEqual([])
  })

  it('are taken from PATH before the cache', async () => {
    world.publish(['etcd'])
    await world.ensure(['etcd'])
    const onPath = world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect((await world.ensure(['etcd'])).etcd.binary).toBe(onPath)
  })

  it('are reported as incompatible on PATH only while a download or build is needed', async () => {
    world.machine.command('etcd', says('etcd Version: 3.4.23'))
    world.publish(['etcd'])
    const { etcd } = await world.ensure(['etcd'])
    expect(whoIs(etcd.binary)).toBe('etcd')
    expect(world.lines.join()).toContain('is etcd 3.4.23, but 3.6 is needed (ours is')
    world.lines = []
    await world.ensure(['etcd'])
    expect(world.lines).toEqual([])
  })
})

describe.runIf(hasReleases)('MILLRACE_DOWNLOADS', () => {
  afterEach(() => delete process.env.MILLRACE_DOWNLOADS)
  const asSaid = (said: string) => {
    process.env.MILLRACE_DOWNLOADS = said
    return ensurePrograms(['etcd'], {
      report: (line) => world.lines.push(line),
      signal: new AbortController().signal,
    })
  }

  it('selects the mirror', async () => {
    await asSaid(`${world.server.url}/releases/`)
    expect(world.server.requests).toEqual([`GET releases/${addressOf('etcd')}`])
  })

  it('with the value "never" downloads nothing and reports nothing', async () => {
    await asSaid('never')
    expect(world.lines.filter((line) => line.includes('download'))).toEqual([])
    expect(world.machine.built()).not.toEqual([])
  })

  it('is refused if it is invalid, before anything is done', async () => {
    await expect(asSaid('no')).rejects.toThrow('MILLRACE_DOWNLOADS is "no", but must be "never" or')
    expect(world.machine.built()).toEqual([])
  })
})

describe('the targets to build without downloads', () => {
  const never = new AbortController().signal

  it('are those of the missing programs', async () => {
    expect(await targetsToBuild([...kubernetes, 'etcd', 'temporal-server'], never)).toEqual([
      'temporal',
      'cluster',
    ])
  })

  it('are none if PATH has all programs', async () => {
    world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect(await targetsToBuild(['etcd'], never)).toEqual([])
  })
})

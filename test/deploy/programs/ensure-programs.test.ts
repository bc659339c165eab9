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
} from './release-world.ts'

let world: ReleaseWorld
beforeEach(async () => {
  world = await makeReleaseWorld()
})
afterEach(() => world.remove())

describe.runIf(hasReleases)('programs that are nowhere yet', () => {
  it('are downloaded, and can be run', async () => {
    world.publish([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    const programs = await world.ensure([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    for (const [name, { binary, argv0 }] of Object.entries(programs)) {
      expect(argv0).toBe(name)
      expect(whoIs(binary)).toBe(name)
    }
    expect(world.machine.built()).toEqual([])
  })

  it('are in the cache alone, whole, under names with their version', async () => {
    world.publish(temporal)
    await world.ensure(temporal)
    expect(world.lines).toContain(
      `Downloading, once on this machine: ${nameOf(releaseOf('temporal-server'))}`,
    )
    expect(world.machine.cached()).toEqual(temporal.map(cachedName))
    expect(world.server.requests).toHaveLength(1)
  })

  it('are not downloaded a second time', async () => {
    world.publish(['etcd'])
    const first = await world.ensure(['etcd'])
    await world.server.close()
    expect(await world.ensure(['etcd'])).toEqual(first)
  })

  it('are downloaded by two at once, and end in one file', async () => {
    world.publish(['etcd'])
    const [one, other] = await Promise.all([world.ensure(['etcd']), world.ensure(['etcd'])])
    expect(one).toEqual(other)
    expect(whoIs(one.etcd.binary)).toBe('etcd')
    expect(world.machine.cached()).toEqual([cachedName('etcd')])
  })

  it('are taken where PATH has them, and the rest is downloaded', async () => {
    const onPath = world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    world.publish(kubernetes)
    const programs = await world.ensure([...kubernetes, 'etcd'])
    expect(programs.etcd).toEqual({ binary: onPath, argv0: 'etcd' })
    expect(whoIs(programs.kubelet.binary)).toBe('kubelet')
    expect(world.machine.built()).toEqual([])
  })

  it('are taken from PATH rather than from the cache', async () => {
    world.publish(['etcd'])
    await world.ensure(['etcd'])
    const onPath = world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect((await world.ensure(['etcd'])).etcd.binary).toBe(onPath)
  })

  it('are said to be on PATH in another version, while somebody waits for others', async () => {
    world.machine.command('etcd', says('etcd Version: 3.4.23'))
    world.publish(['etcd'])
    const { etcd } = await world.ensure(['etcd'])
    expect(whoIs(etcd.binary)).toBe('etcd')
    expect(world.lines.join()).toContain('is etcd 3.4.23, and it takes 3.6 (ours is')
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

  it('names the mirror that is asked', async () => {
    await asSaid(`${world.server.url}/releases/`)
    expect(world.server.requests).toEqual([`GET releases/${addressOf('etcd')}`])
  })

  it('never: nothing is tried, and nothing said of it', async () => {
    await asSaid('never')
    expect(world.lines.filter((line) => line.includes('download'))).toEqual([])
    expect(world.machine.built()).not.toEqual([])
  })

  it('of no meaning is refused before anything is done', async () => {
    await expect(asSaid('no')).rejects.toThrow('MILLRACE_DOWNLOADS is "no": it takes "never", or')
    expect(world.machine.built()).toEqual([])
  })
})

describe('what would have to be built without downloads', () => {
  const never = new AbortController().signal

  it('is the target of what is nowhere', async () => {
    expect(await targetsToBuild([...kubernetes, 'etcd', 'temporal-server'], never)).toEqual([
      'temporal',
      'cluster',
    ])
  })

  it('is nothing where PATH has it all', async () => {
    world.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect(await targetsToBuild(['etcd'], never)).toEqual([])
  })
})

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
  makeReleaseFixture,
  type ReleaseFixture,
  releaseOf,
  temporal,
  whoIs,
} from './release-fixture.ts'

let fixture: ReleaseFixture
beforeEach(async () => {
  fixture = await makeReleaseFixture()
})
afterEach(() => fixture.remove())

describe.runIf(hasReleases)('programs that this machine lacks', () => {
  it('are downloaded and can be run', async () => {
    fixture.publish([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    const programs = await fixture.ensure([...kubernetes, 'etcd', ...temporal, 'temporal-ui-server', 'kwok'])
    for (const [name, { binary, argv0 }] of Object.entries(programs)) {
      expect(argv0).toBe(name)
      expect(whoIs(binary)).toBe(name)
    }
    expect(fixture.machine.built()).toEqual([])
  })

  it('are stored only in the cache, complete, under names with their version', async () => {
    fixture.publish(temporal)
    await fixture.ensure(temporal)
    expect(fixture.lines).toContain(
      `Downloading, once on this machine: ${nameOf(releaseOf('temporal-server'))}`,
    )
    expect(fixture.machine.cached()).toEqual(temporal.map(cachedName))
    expect(fixture.server.requests).toHaveLength(1)
  })

  it('are downloaded only once', async () => {
    fixture.publish(['etcd'])
    const first = await fixture.ensure(['etcd'])
    await fixture.server.close()
    expect(await fixture.ensure(['etcd'])).toEqual(first)
  })

  it('are stored once by two concurrent downloads', async () => {
    fixture.publish(['etcd'])
    const [one, other] = await Promise.all([fixture.ensure(['etcd']), fixture.ensure(['etcd'])])
    expect(one).toEqual(other)
    expect(whoIs(one.etcd.binary)).toBe('etcd')
    expect(fixture.machine.cached()).toEqual([cachedName('etcd')])
  })

  it('are taken from PATH if they are there, and the others are downloaded', async () => {
    const onPath = fixture.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    fixture.publish(kubernetes)
    const programs = await fixture.ensure([...kubernetes, 'etcd'])
    expect(programs.etcd).toEqual({ binary: onPath, argv0: 'etcd' })
    expect(whoIs(programs.kubelet.binary)).toBe('kubelet')
    expect(fixture.machine.built()).toEqual([])
  })

  it('are taken from PATH before the cache', async () => {
    fixture.publish(['etcd'])
    await fixture.ensure(['etcd'])
    const onPath = fixture.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect((await fixture.ensure(['etcd'])).etcd.binary).toBe(onPath)
  })

  it('are reported as incompatible on PATH only while a download or build is needed', async () => {
    fixture.machine.command('etcd', says('etcd Version: 3.4.23'))
    fixture.publish(['etcd'])
    const { etcd } = await fixture.ensure(['etcd'])
    expect(whoIs(etcd.binary)).toBe('etcd')
    expect(fixture.lines.join()).toContain('is etcd 3.4.23, but 3.6 is needed (ours is')
    fixture.lines = []
    await fixture.ensure(['etcd'])
    expect(fixture.lines).toEqual([])
  })
})

describe.runIf(hasReleases)('MILLRACE_DOWNLOADS', () => {
  afterEach(() => delete process.env.MILLRACE_DOWNLOADS)
  const asSaid = (said: string) => {
    process.env.MILLRACE_DOWNLOADS = said
    return ensurePrograms(['etcd'], {
      report: (line) => fixture.lines.push(line),
      signal: new AbortController().signal,
    })
  }

  it('selects the mirror', async () => {
    await asSaid(`${fixture.server.url}/releases/`)
    expect(fixture.server.requests).toEqual([`GET releases/${addressOf('etcd')}`])
  })

  it('with the value "never" downloads nothing and reports nothing', async () => {
    await asSaid('never')
    expect(fixture.lines.filter((line) => line.includes('download'))).toEqual([])
    expect(fixture.machine.built()).not.toEqual([])
  })

  it('is refused if it is invalid, before anything is done', async () => {
    await expect(asSaid('no')).rejects.toThrow('MILLRACE_DOWNLOADS is "no", but must be "never" or')
    expect(fixture.machine.built()).toEqual([])
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
    fixture.machine.command('etcd', says(`etcd Version: ${releaseOf('etcd').version}`))
    expect(await targetsToBuild(['etcd'], never)).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checksumIn } from '../../../../deploy/local/programs/downloads/checksum.ts'
import {
  addressOf,
  cachedName,
  hasReleases,
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

describe.runIf(hasReleases)('a file with a wrong checksum', () => {
  it('is neither used nor kept; both checksums are reported', async () => {
    world.publish(['etcd'])
    const is = sha256Of(world.server.files.get(addressOf('etcd')) ?? Buffer.of())
    const expected = '0'.repeat(64)
    world.checksums[addressOf('etcd')] = { sha256: expected }
    const { etcd } = await world.ensure(['etcd'])
    const url = `${world.server.url}/${addressOf('etcd')}`
    expect(world.failures()).toContain(`${url} has the wrong checksum: its sha256 is ${is}, not ${expected}`)
    expect(readFileSync(etcd.binary, 'utf8')).not.toContain('echo etcd')
    expect(world.machine.cached()).not.toContain(cachedName('etcd'))
    expect(world.machine.built()).not.toEqual([])
  })
})

describe.runIf(hasReleases)('a file without a checksum', () => {
  it('is not used', async () => {
    world.publish(['etcd'])
    delete world.checksums[addressOf('etcd')]
    await world.ensure(['etcd'])
    expect(world.failures()).toContain('has no checksum, and is not used')
    expect(world.machine.cached()).not.toContain(cachedName('etcd'))
  })
})

describe.runIf(hasReleases)('a file that only its release lists', () => {
  const list = (sum: string, name: string): void => {
    const address = addressOf('etcd')
    world.checksums[address] = { listedIn: 'SHA256SUMS' }
    world.server.files.set(
      `${dirname(address)}/SHA256SUMS`,
      Buffer.from(`${'1'.repeat(64)}  other\n${sum}  ${name}\n`),
    )
  }

  it('is used if the list has the same checksum', async () => {
    world.publish(['etcd'])
    const { sha256 } = world.checksums[addressOf('etcd')] as { sha256: string }
    list(sha256, basename(addressOf('etcd')))
    expect(whoIs((await world.ensure(['etcd'])).etcd.binary)).toBe('etcd')
  })

  it.each([
    ['another checksum', '2'.repeat(64), undefined, 'has the wrong checksum'],
    ['no checksum for it', '2'.repeat(64), 'another.tar.gz', 'SHA256SUMS does not list etcd-v'],
  ])('is not used if the list has %s', async (_, sum, name, why) => {
    world.publish(['etcd'])
    list(sum, name ?? basename(addressOf('etcd')))
    await world.ensure(['etcd'])
    expect(world.lines.join('\n')).toContain(why)
    expect(world.machine.cached()).not.toContain(cachedName('etcd'))
  })

  it('is not used without a list', async () => {
    world.publish(['etcd'])
    world.checksums[addressOf('etcd')] = { listedIn: 'SHA256SUMS' }
    await world.ensure(['etcd'])
    expect(world.lines.join('\n')).toContain('SHA256SUMS answers 404')
    expect(world.machine.cached()).not.toContain(cachedName('etcd'))
  })
})

describe('a list of checksums', () => {
  const [one, two] = ['a'.repeat(64), 'B'.repeat(64)]
  it.each([
    [`${one}  other\n${two} *file\n`, two.toLowerCase()],
    [`${one}\n`, one],
    [`${one}  other\n`, undefined],
    ['<html>Sign in</html>\n', undefined],
    ['', undefined],
  ])('%j has for "file": %s', (list, sum) => expect(checksumIn(list, 'file')).toBe(sum))
})

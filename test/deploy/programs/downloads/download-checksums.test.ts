import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checksumIn } from '../../../../deploy/local/programs/downloads/checksum.ts'
import {
  addressOf,
  cachedName,
  hasReleases,
  makeReleaseFixture,
  type ReleaseFixture,
  sha256Of,
  whoIs,
} from '../release-fixture.ts'

let fixture: ReleaseFixture
beforeEach(async () => {
  fixture = await makeReleaseFixture()
})
afterEach(() => fixture.remove())

describe.runIf(hasReleases)('a file with a wrong checksum', () => {
  it('is neither used nor kept; both checksums are reported', async () => {
    fixture.publish(['etcd'])
    const is = sha256Of(fixture.server.files.get(addressOf('etcd')) ?? Buffer.of())
    const expected = '0'.repeat(64)
    fixture.checksums[addressOf('etcd')] = { sha256: expected }
    const { etcd } = await fixture.ensure(['etcd'])
    const url = `${fixture.server.url}/${addressOf('etcd')}`
    expect(fixture.failures()).toContain(
      `${url} has the wrong checksum: its sha256 is ${is}, not ${expected}`,
    )
    expect(readFileSync(etcd.binary, 'utf8')).not.toContain('echo etcd')
    expect(fixture.machine.cached()).not.toContain(cachedName('etcd'))
    expect(fixture.machine.built()).not.toEqual([])
  })
})

describe.runIf(hasReleases)('a file without a checksum', () => {
  it('is not used', async () => {
    fixture.publish(['etcd'])
    delete fixture.checksums[addressOf('etcd')]
    await fixture.ensure(['etcd'])
    expect(fixture.failures()).toContain('has no checksum and is not used')
    expect(fixture.machine.cached()).not.toContain(cachedName('etcd'))
  })
})

describe.runIf(hasReleases)('a file that only its release lists', () => {
  const list = (sum: string, name: string): void => {
    const address = addressOf('etcd')
    fixture.checksums[address] = { listedIn: 'SHA256SUMS' }
    fixture.server.files.set(
      `${dirname(address)}/SHA256SUMS`,
      Buffer.from(`${'1'.repeat(64)}  other\n${sum}  ${name}\n`),
    )
  }

  it('is used if the list has the same checksum', async () => {
    fixture.publish(['etcd'])
    const { sha256 } = fixture.checksums[addressOf('etcd')] as { sha256: string }
    list(sha256, basename(addressOf('etcd')))
    expect(whoIs((await fixture.ensure(['etcd'])).etcd.binary)).toBe('etcd')
  })

  it.each([
    ['another checksum', '2'.repeat(64), undefined, 'has the wrong checksum'],
    ['no checksum for it', '2'.repeat(64), 'another.tar.gz', 'SHA256SUMS does not list etcd-v'],
  ])('is not used if the list has %s', async (_, sum, name, why) => {
    fixture.publish(['etcd'])
    list(sum, name ?? basename(addressOf('etcd')))
    await fixture.ensure(['etcd'])
    expect(fixture.lines.join('\n')).toContain(why)
    expect(fixture.machine.cached()).not.toContain(cachedName('etcd'))
  })

  it('is not used without a list', async () => {
    fixture.publish(['etcd'])
    fixture.checksums[addressOf('etcd')] = { listedIn: 'SHA256SUMS' }
    await fixture.ensure(['etcd'])
    expect(fixture.lines.join('\n')).toContain('SHA256SUMS answers 404')
    expect(fixture.machine.cached()).not.toContain(cachedName('etcd'))
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

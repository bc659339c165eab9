import { describe, expect, it } from 'vitest'
import { downloadSource, urlAt } from '../../../../deploy/local/programs/downloads/setting.ts'
import { progressLine, type Transfer } from '../../../../deploy/local/programs/downloads/transfer-progress.ts'

describe('MILLRACE_DOWNLOADS', () => {
  it.each([
    [undefined, 'https://dl.k8s.io/release/x'],
    ['', 'https://dl.k8s.io/release/x'],
    ['https://mirror.example', 'https://mirror.example/dl.k8s.io/release/x'],
    ['http://mirror.example:8000/releases/', 'http://mirror.example:8000/releases/dl.k8s.io/release/x'],
  ])('%j maps a file to %s', (said, url) => {
    const source = downloadSource(said === undefined ? {} : { MILLRACE_DOWNLOADS: said })
    expect(source.kind === 'never' ? 'never' : urlAt(source, 'dl.k8s.io/release/x')).toBe(url)
  })

  it('the value "never" disables downloads', () => {
    expect(downloadSource({ MILLRACE_DOWNLOADS: 'never' })).toEqual({ kind: 'never' })
  })

  it.each(['no', 'ftp://mirror.example', 'mirror.example', 'https://mirror.example/?file='])(
    '%j is refused with the allowed values',
    (said) => {
      expect(() => downloadSource({ MILLRACE_DOWNLOADS: said })).toThrow(
        'must be "never" or the address of a mirror that begins with https:// or http://',
      )
    },
  )
})

describe('the progress line of a download', () => {
  const transfer: Transfer = {
    what: 'kubelet 1.34.4',
    received: 24e6,
    total: 60e6,
    before: 0,
    elapsedMs: 4_000,
  }
  it.each<[Partial<Transfer>, string]>([
    [{}, 'Downloading kubelet 1.34.4 [########------------] 24 of 60 MB, 6 s left'],
    // Bytes of an earlier try do not show how fast this one is.
    [{ before: 23e6 }, 'Downloading kubelet 1.34.4 [########------------] 24 of 60 MB, 3 min left'],
    [{ elapsedMs: 1_000 }, 'Downloading kubelet 1.34.4 [########------------] 24 of 60 MB'],
    [{ total: undefined }, 'Downloading kubelet 1.34.4: 24 MB'],
    [{ received: 60e6 }, 'Downloading kubelet 1.34.4 [####################] 60 of 60 MB, 0 s left'],
  ])('for %j', (given, line) => expect(progressLine({ ...transfer, ...given })).toBe(line))
})

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  certificatesOf,
  ensureCertificates,
  identityOf,
  type Pair,
  removeCertificates,
} from '../../../deploy/local/kubernetes/certificates.ts'
import { callHttps, type Identity } from '../../../deploy/local/kubernetes/https.ts'
import { layoutOf } from '../../../deploy/local/layout.ts'

const parent = mkdtempSync(join(tmpdir(), 'millrace-certificates-'))
const layout = layoutOf('certificates', 72, join(parent, 'ours'))
const foreign = layoutOf('foreign', 73, join(parent, 'foreign'))
const files = certificatesOf(layout)
const read = (file: string): string => readFileSync(file, 'utf8')
const parsed = (file: string): X509Certificate => new X509Certificate(read(file))

beforeAll(() => {
  ensureCertificates(layout)
  ensureCertificates(foreign)
})
afterAll(() => rmSync(parent, { recursive: true }))

/** A server like etcd and the kubelet: it serves clients with a certificate of its authority. */
async function whileServing(pair: Pair, work: (url: string) => Promise<void>): Promise<void> {
  const keys = { cert: read(pair.cert), key: read(pair.key), ca: read(files.authority) }
  const server = createServer({ ...keys, requestCert: true, rejectUnauthorized: true }, (_, response) =>
    response.end('served'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
}

const as = (pair: Pair): Identity => ({
  ca: read(files.authority),
  cert: read(pair.cert),
  key: read(pair.key),
})

describe.each(['etcd', 'kubelet'] as const)('%s', (part) => {
  it('serves the API server on loopback', async () => {
    await whileServing(files[part], async (url) => {
      expect(await callHttps(url, { identity: identityOf(layout) })).toEqual({ status: 200, body: 'served' })
      expect(parsed(files[part].cert).checkHost('localhost')).toBe('localhost')
    })
  })

  it('refuses clients without a certificate, and those of another stack or of the kubelet', async () => {
    await whileServing(files[part], async (url) => {
      await expect(callHttps(url)).rejects.toThrow()
      const other = { ...identityOf(foreign), ca: read(files.authority) }
      await expect(callHttps(url, { identity: other })).rejects.toThrow()
      await expect(callHttps(url, { identity: as(files.kubelet) })).rejects.toThrow()
    })
  })

  it('is not trusted if it belongs to another stack', async () => {
    await whileServing(certificatesOf(foreign)[part], async (url) => {
      await expect(callHttps(url, { identity: identityOf(layout) })).rejects.toThrow(/certificate/)
    })
  })
})

it('only their owner can read the files', () => {
  const folder = dirname(files.authority)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
})

it("the authority's key is not stored", () => {
  const keys = readdirSync(dirname(files.authority)).filter((name) => name.endsWith('.key'))
  expect(keys.length).toBe(3)
  const isOf = (certificate: string, key: string): boolean =>
    parsed(certificate).checkPrivateKey(createPrivateKey(read(key)))
  for (const name of keys)
    expect(isOf(files.authority, join(dirname(files.authority), name)), name).toBe(false)
  expect(isOf(files.etcd.cert, files.etcd.key)).toBe(true)
})

it('certificates are valid for years, also with a clock that is set back', () => {
  for (const file of [files.authority, files.etcd.cert, files.kubelet.cert, files.apiServer.cert]) {
    const { validFromDate, validToDate } = parsed(file)
    expect(validFromDate.getTime(), file).toBeLessThan(Date.now() - 86_400_000)
    expect(validToDate.getFullYear(), file).toBeGreaterThan(new Date().getFullYear() + 5)
  }
})

it('certificates are kept until they are removed, and made again if some are missing', () => {
  const again = (change: () => void): string => {
    change()
    ensureCertificates(foreign)
    return parsed(certificatesOf(foreign).authority).fingerprint256
  }
  const before = again(() => undefined)
  expect(again(() => undefined)).toBe(before)
  const removed = again(() => removeCertificates(foreign))
  expect(removed).not.toBe(before)
  // As after a start that was interrupted before it had written them all.
  expect(again(() => rmSync(certificatesOf(foreign).authority))).not.toBe(removed)
})

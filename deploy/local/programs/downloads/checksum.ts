import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Checksum } from './checksums.ts'
import { type GetOptions, httpGet } from './http-get.ts'

/** Throws if the file does not have the checksum of this address. */
export async function requireChecksum(
  file: string,
  address: string,
  checksum: Checksum | undefined,
  options: GetOptions & { urlOf(address: string): string },
): Promise<void> {
  if (!checksum) throw new Error(`${address} has no checksum and is not used`)
  const expected =
    'sha256' in checksum
      ? checksum.sha256
      : await listed(options.urlOf(`${dirname(address)}/${checksum.listedIn}`), address, options)
  const is = await sha256Of(file)
  if (is === expected) return
  throw new Error(`${options.urlOf(address)} has the wrong checksum: its sha256 is ${is}, not ${expected}`)
}

/** The checksum in a list as sha256sum writes it, or in a list with a single checksum. */
export function checksumIn(list: string, name: string): string | undefined {
  const lines = list.split('\n').map((line) => line.trim().split(/\s+\*?/))
  const line = lines.find(([, file]) => file === name) ?? (lines[0]?.length === 1 ? lines[0] : undefined)
  const sum = line?.[0]?.toLowerCase()
  return sum && /^[0-9a-f]{64}$/.test(sum) ? sum : undefined
}

async function listed(url: string, address: string, options: GetOptions): Promise<string> {
  const answer = await httpGet(url, {}, options)
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${answer.statusCode}`)
  const name = address.slice(address.lastIndexOf('/') + 1)
  const sum = checksumIn(text, name)
  if (!sum) throw new Error(`${url} does not list ${name}`)
  return sum
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

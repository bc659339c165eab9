import { type FileHandle, open } from 'node:fs/promises'
import type { Report } from '../../report.ts'
import { type GetOptions, httpGet } from './http-get.ts'
import { megabytes, msLeft, progressLine } from './transfer-progress.ts'

/** When to give up a download. */
export interface Limits {
  /**
   * Connections that stall and recover do so within seconds. After this long without a byte the connection is dead.
   */
  silenceMs: number
  /** How long a file may still take at its current speed. Building takes less, even on a slow machine. */
  longestMs: number
  /** The speed counts only after this long, because connections become faster at first. */
  judgedAfterMs: number
  /** How often the connection may break. Received bytes are kept if the server can resume. */
  tries: number
}

export const usualLimits: Limits = { silenceMs: 20_000, longestMs: 600_000, judgedAfterMs: 20_000, tries: 4 }

export interface DownloadOptions extends GetOptions {
  /** What is downloaded, for messages. */
  what: string
  report: Report
  limits: Limits
}

interface Part {
  file: FileHandle
  received: number
  total: number | undefined
  /** Identifies the content, so that the rest of it can be requested. */
  etag: string | undefined
}

type Body = Awaited<ReturnType<typeof httpGet>>['body']

/** A terminal does not need faster updates. */
const PROGRESS_EVERY_MS = 200
/** Errors of the network. Other errors are of the disk, or bugs here. */
const CUT = ['UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']

/** Downloads a URL to a new file. Its errors are for users; the file may then be incomplete. */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { tries } = options.limits
  const part: Part = { file: await open(path, 'ax'), received: 0, total: undefined, etag: undefined }
  const startedAt = performance.now()
  try {
    for (let nth = 1; (await receive(url, part, options)) === 'cut'; nth++) {
      if (nth === tries)
        throw new Error(
          `${url} was interrupted ${tries} times, the last time after ${megabytes(part.received)} MB`,
        )
    }
  } finally {
    await part.file.close()
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  options.report(`Downloading ${options.what}: done, ${megabytes(part.received)} MB in ${seconds} s`)
}

/** Receives the missing bytes, or all bytes if the server cannot resume the same content. */
async function receive(url: string, part: Part, options: DownloadOptions): Promise<'whole' | 'cut'> {
  const rest = part.etag ? { range: `bytes=${part.received}-`, 'if-range': part.etag } : {}
  const answer = await httpGet(url, { 'accept-encoding': 'identity', ...rest }, options)
  if (answer.statusCode === 200) {
    await part.file.truncate(0)
    part.received = 0
  } else if (answer.statusCode !== 206) {
    await answer.body.dump()
    throw new Error(`${url} answers ${answer.statusCode}`)
  }
  const { etag, 'content-length': length } = answer.headers
  part.total = length === undefined ? undefined : part.received + Number(length)
  // A weak ETag does not guarantee identical bytes.
  part.etag = typeof etag === 'string' && !etag.startsWith('W/') ? etag : undefined
  try {
    await takeAll(url, answer.body, part, options)
  } catch (error) {
    if (CUT.includes((error as NodeJS.ErrnoException).code ?? '')) return 'cut'
    throw error
  }
  return part.total === undefined || part.received === part.total ? 'whole' : 'cut'
}

async function takeAll(url: string, body: Body, part: Part, options: DownloadOptions): Promise<void> {
  const { silenceMs, longestMs, judgedAfterMs } = options.limits
  const before = part.received
  const startedAt = performance.now()
  let saidAt = Number.NEGATIVE_INFINITY
  const silence = setTimeout(() => {
    body.destroy(new Error(`${url} sent nothing for ${silenceMs / 1_000} s`))
  }, silenceMs)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      silence.refresh()
      await part.file.appendFile(chunk)
      part.received += chunk.length
      const now = performance.now()
      if (now - saidAt < PROGRESS_EVERY_MS) continue
      saidAt = now
      const { received, total } = part
      const transfer = { what: options.what, received, total, before, elapsedMs: now - startedAt }
      options.report(progressLine(transfer), 'progress')
      const left = transfer.elapsedMs < judgedAfterMs ? 0 : (msLeft(transfer) ?? 0)
      if (left > longestMs)
        throw new Error(`${url} is so slow that it would take ${Math.ceil(left / 60_000)} more minutes`)
    }
  } finally {
    clearTimeout(silence)
  }
}

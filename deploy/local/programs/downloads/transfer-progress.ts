/** The state of one file transfer. */
export interface Transfer {
  /** What is transferred, for example "kubelet 1.34.4". */
  what: string
  received: number
  /** undefined if the server does not say. */
  total: number | undefined
  /** Bytes received by earlier tries, before `elapsedMs` began. */
  before: number
  elapsedMs: number
}

const BAR_WIDTH = 20
/** The speed of the first moments is not meaningful. */
const RATE_KNOWN_AFTER_MS = 2_000

/** For example "Downloading kubelet 1.34.4 [########------------] 24 of 59 MB, 12 s left". */
export function progressLine(transfer: Transfer): string {
  const { what, received, total } = transfer
  if (total === undefined) return `Downloading ${what}: ${megabytes(received)} MB`
  const filled = Math.floor((BAR_WIDTH * received) / Math.max(1, total))
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled)
  const left = timeLeft(msLeft(transfer))
  return `Downloading ${what} [${bar}] ${megabytes(received)} of ${megabytes(total)} MB${left}`
}

/** By the speed of this transfer so far. undefined while that is not meaningful. */
export function msLeft({ received, total, before, elapsedMs }: Transfer): number | undefined {
  if (total === undefined || elapsedMs < RATE_KNOWN_AFTER_MS) return undefined
  const perMs = (received - before) / elapsedMs
  return perMs > 0 ? (total - received) / perMs : Number.POSITIVE_INFINITY
}

export const megabytes = (bytes: number): string => {
  const mb = bytes / 1e6
  return mb < 10 ? mb.toFixed(1) : mb.toFixed(0)
}

function timeLeft(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return ''
  return ms < 90_000 ? `, ${Math.ceil(ms / 1_000)} s left` : `, ${Math.ceil(ms / 60_000)} min left`
}

import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'

export interface Health {
  temporal: PartHealth
  kubernetes: PartHealth
}

export type PartHealth = { ok: true } | { ok: false; message: string }

/** Kubernetes probes time out after one second or more. A call that hangs must not hang the probe. */
const ANSWERS_WITHIN_MS = 4_000

/** Pings Temporal and the API server in parallel. Never throws. */
export async function checkHealth({ deps }: Call<Record<string, never>>): Promise<Health> {
  const [temporal, kubernetes] = await Promise.all([
    probe(() => deps.runs.ping(), 'Temporal'),
    probe(() => deps.catalog.ping(), 'The Kubernetes API server'),
  ])
  return { temporal, kubernetes }
}

async function probe(ping: () => Promise<void>, name: string): Promise<PartHealth> {
  const late = new AbortController()
  try {
    const tooLate = sleep(ANSWERS_WITHIN_MS, 'late' as const, { signal: late.signal })
    const first = await Promise.race([ping(), tooLate])
    if (first === 'late')
      return { ok: false, message: `${name} did not respond within ${ANSWERS_WITHIN_MS} ms.` }
    return { ok: true }
  } catch (error) {
    // Other errors may contain addresses or credentials, and everybody can read this answer.
    return { ok: false, message: error instanceof AppError ? error.message : `${name} cannot be reached.` }
  } finally {
    late.abort()
  }
}

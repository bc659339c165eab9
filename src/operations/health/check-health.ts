import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'

export interface Health {
  temporal: PartHealth
  kubernetes: PartHealth
}

export type PartHealth = { ok: true } | { ok: false; message: string }

/** A probe of Kubernetes gives up after a second or more; an adapter that hangs must not hang the probe. */
const ANSWERS_WITHIN_MS = 4_000

/** Asks Temporal and the API server at the same time; never throws. */
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
      return { ok: false, message: `${name} does not answer within ${ANSWERS_WITHIN_MS} ms.` }
    return { ok: true }
  } catch (error) {
    // What is not an AppError may hold addresses or credentials, and this answer is open to everybody.
    return { ok: false, message: error instanceof AppError ? error.message : `${name} cannot be reached.` }
  } finally {
    late.abort()
  }
}

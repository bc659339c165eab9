import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import type { JobBody } from '../src/plan/plan.ts'
import type { Attempt } from '../workflows/event.ts'
import type { Heartbeat } from '../workflows/messages.ts'
import type { RunRef } from '../workflows/names.ts'
import type { Outcome } from '../workflows/outcome.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './index.ts'
import { jobManifest } from './manifests/job.ts'
import { live } from './observe/live.ts'
import { factsOf } from './watch/entry.ts'

/** Creations at once: more do not go faster, the API server is the bound. */
const CONCURRENCY = 32
/** A third of the block's heartbeat timeout. */
const HEARTBEAT_MS = 5_000

export interface FleetOrder {
  run: RunRef
  body: JobBody
  attempts: Attempt[]
}

type Progress = Required<Heartbeat>

/**
 * Makes all Jobs of a block at once and awaits them from this process's watch: one activity instead of hundreds.
 * A block whose worker dies is taken up by another, which adopts what was made and does not make again what
 * somebody deleted. Resolves with an outcome per Job name.
 */
export async function runFleet(deps: ActivityDeps, order: FleetOrder): Promise<Record<string, Outcome>> {
  const signal = cancellationSignal()
  const earlier: Heartbeat | undefined = activityInfo().heartbeatDetails
  const progress: Progress = { live: { ...earlier?.live }, outcomes: { ...earlier?.outcomes } }
  const uids = new Map<string, string>()
  const ends: Promise<void>[] = []
  const awaitEnd = async (name: string, uid: string): Promise<void> => {
    progress.outcomes[name] = await deps.attempts.ended(uid, signal)
    delete progress.live[name]
  }
  const timer = setInterval(() => {
    lookAt(deps, uids, progress)
    heartbeat(progress)
  }, HEARTBEAT_MS)
  try {
    const left = order.attempts.filter(({ objectName }) => !progress.outcomes[objectName])
    await eachOf(left, async (attempt) => {
      signal.throwIfAborted()
      const name = attempt.objectName
      const job = jobManifest({ run: order.run, attempt, body: order.body }, deps)
      const made = await createOrAdopt(deps.kube, job, earlier?.live[name] !== undefined)
      if ('outcome' in made) {
        progress.outcomes[name] = made.outcome
        return
      }
      uids.set(name, made.uid)
      progress.live[name] ??= { phase: 'Pending' }
      // Awaited from here on, not when all are made: by then it may have ended and gone.
      ends.push(awaitEnd(name, made.uid))
    })
    heartbeat(progress)
    await Promise.all(ends)
    return progress.outcomes
  } finally {
    clearInterval(timer)
    // When this try fails, the ends that it still awaits concern nobody any more.
    for (const end of ends) end.catch(() => undefined)
    // What was made is remembered even when this try fails on another Job.
    heartbeat(progress)
  }
}

function lookAt({ attempts }: ActivityDeps, uids: Map<string, string>, progress: Progress): void {
  for (const [name, uid] of uids) {
    const entry = attempts.get(uid)
    if (entry && !progress.outcomes[name]) progress.live[name] = live(factsOf(entry))
  }
}

/** Runs `work` for each item, `CONCURRENCY` at a time; rejects with the first failure after all have stopped. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  if (failures.length > 0) throw failures[0]
}

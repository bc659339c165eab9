import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import pLimit from 'p-limit'
import { live } from '../src/jobs/observe/live.ts'
import { factsOf } from '../src/jobs/tracker/facts-of.ts'
import { inParallel } from '../src/lib/in-parallel.ts'
import type { Start } from '../src/model/attempt.ts'
import type { Heartbeat } from '../src/model/messages/heartbeat.ts'
import type { AttemptEnd } from '../src/model/messages/run-messages.ts'
import type { Outcome } from '../src/model/outcome.ts'
import type { JobBody } from '../src/model/plan.ts'
import type { RunRef } from '../src/model/run-id.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './deps.ts'
import { refuseUnwanted } from './is-unwanted.ts'
import { jobManifest } from './resources/job.ts'

/** Concurrent creations: more are not faster, and fewer get too small a share of a busy API server. */
const atOnce = pLimit(64)
/** Concurrent creations of one block, so that a very wide one does not delay the Jobs of a later run. */
const OF_ONE_BLOCK = 16
/** A third of the block's heartbeat timeout. */
const HEARTBEAT_MS = 4_000

export interface BlockOrder {
  run: RunRef
  starts: Start[]
  /** By their key in the plan. */
  bodies: Record<string, JobBody>
}

/** What a later try of the activity needs; kept in the heartbeat details. */
class Progress {
  readonly live: NonNullable<Heartbeat['live']>
  readonly outcomes: Record<string, Outcome>
  readonly told: Set<string>

  constructor(earlier: Heartbeat | undefined) {
    this.live = { ...earlier?.live }
    this.outcomes = { ...earlier?.outcomes }
    this.told = new Set(earlier?.told)
  }

  heartbeat(): void {
    const { live, outcomes, told } = this
    const details: Heartbeat = { live, outcomes, told: [...told] }
    heartbeat(details)
  }
}

/**
 * Creates all Jobs of a block and awaits them through this process's informers: one activity instead of
 * hundreds. Each end is signalled to the run, so that the nodes after it can start. When the worker dies,
 * another takes over the block: it adopts existing Jobs and does not recreate those that somebody deleted.
 * Resolves with the ends that could not be signalled.
 */
export async function runBlock(deps: ActivityDeps, order: BlockOrder): Promise<AttemptEnd[]> {
  const signal = cancellationSignal()
  const { heartbeatDetails, workflowExecution } = activityInfo()
  if (!workflowExecution) throw new TypeError('a block belongs to a run')
  const attempts = order.starts.map(({ attempt }) => attempt)
  await refuseUnwanted(deps.kube, order.run, attempts)
  const earlier: Heartbeat | undefined = heartbeatDetails
  const progress = new Progress(earlier)
  const made = new Map<string, Made>()
  const untold: AttemptEnd[] = []

  const tell = async ({ attempt }: Start, outcome: Outcome): Promise<void> => {
    const { node, number, objectName } = attempt
    progress.outcomes[objectName] = outcome
    delete progress.live[objectName]
    made.delete(objectName)
    const end = { node, attempt: number, outcome }
    if (!(await deps.signalBatcher.tell(workflowExecution, end, signal))) untold.push(end)
    else progress.told.add(objectName)
    delete progress.outcomes[objectName]
  }
  /** Resolves with the wait for the Job's end, which must not delay the creation of others. */
  const make = async (start: Start): Promise<{ told: Promise<void> }> => {
    signal.throwIfAborted()
    const { attempt, job, env } = start
    const name = attempt.objectName
    const known = progress.outcomes[name]
    if (known) return { told: tell(start, known) }
    const body = order.bodies[job]
    if (!body) throw new TypeError(`the plan has no job body ${job}`)
    const manifest = jobManifest({ run: order.run, attempt, body, env }, deps)
    const found = await createOrAdopt(deps.kube, manifest, earlier?.live[name] !== undefined)
    if ('outcome' in found) return { told: tell(start, found.outcome) }
    const { uid } = found
    made.set(name, { uid, looks: 0 })
    progress.live[name] ??= { phase: 'Pending' }
    // Await it now, not once all are created: by then it may have ended and been deleted.
    return { told: deps.attempts.ended(uid, signal).then((outcome) => tell(start, outcome)) }
  }

  const timer = setInterval(() => {
    lookAt(deps, made, progress)
    progress.heartbeat()
  }, HEARTBEAT_MS)
  const waits: Promise<void>[] = []
  try {
    const left = order.starts.filter(({ attempt }) => !progress.told.has(attempt.objectName))
    await inParallel(left, OF_ONE_BLOCK, async (start) => {
      const { told } = await atOnce(() => make(start))
      // A cancel may reject it before it is awaited, and an unhandled rejection would end the process.
      told.catch(() => undefined)
      waits.push(told)
    })
    progress.heartbeat()
    await Promise.all(waits)
    return untold
  } finally {
    clearInterval(timer)
    // Record the created Jobs even when this try fails on another one.
    progress.heartbeat()
  }
}

/** A Job of a block; `looks` is the tracker's revision of it when its facts were last copied. */
interface Made {
  uid: string
  looks: number
}

/** Copies only facts that have changed: in a waiting block there are none. */
function lookAt({ attempts }: ActivityDeps, made: Map<string, Made>, progress: Progress): void {
  for (const [name, known] of made) {
    const entry = attempts.get(known.uid)
    if (!entry || entry.looks === known.looks) continue
    known.looks = entry.looks
    progress.live[name] = live(factsOf(entry))
  }
}

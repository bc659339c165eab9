import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import pLimit from 'p-limit'
import { live } from '../src/jobs/observe/live.ts'
import { factsOf } from '../src/jobs/tracker/tracked-job.ts'
import { inParallel } from '../src/lib/in-parallel.ts'
import type { Start } from '../src/model/attempt.ts'
import type { AttemptEnd, Heartbeat } from '../src/model/messages.ts'
import type { Outcome } from '../src/model/outcome.ts'
import type { JobBody } from '../src/model/plan.ts'
import type { RunRef } from '../src/model/run-id.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './deps.ts'
import { refuseUnwanted } from './is-unwanted.ts'
import { jobManifest } from './resources/job.ts'

/** Creations at once, of this process: more do not go faster, and fewer get too small a share of a busy API server. */
const atOnce = pLimit(64)
/** Of one block: those of a later run must not wait until all of a very wide one are made. */
const OF_ONE_BLOCK = 16
/** A third of the block's heartbeat timeout. */
const HEARTBEAT_MS = 4_000

export interface BlockOrder {
  run: RunRef
  starts: Start[]
  /** By key. */
  bodies: Record<string, JobBody>
}

/** What a later try of the activity must know. */
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
 * Makes all Jobs of a block and awaits them from this process's watch: one activity instead of hundreds. The run
 * is told by signal as they end, so that what follows them can start. A block whose worker dies is taken up by
 * another, which adopts what was made and does not make again what somebody deleted. Resolves with the ends that
 * the run could not be told of by signal.
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
  /** Resolves with the wait for its end, which is not to hold up the making of others. */
  const make = async (start: Start): Promise<{ told: Promise<void> }> => {
    signal.throwIfAborted()
    const { attempt, job, env } = start
    const name = attempt.objectName
    const known = progress.outcomes[name]
    if (known) return { told: tell(start, known) }
    const body = order.bodies[job]
    if (!body) throw new TypeError(`no body ${job}`)
    const manifest = jobManifest({ run: order.run, attempt, body, env }, deps)
    const found = await createOrAdopt(deps.kube, manifest, earlier?.live[name] !== undefined)
    if ('outcome' in found) return { told: tell(start, found.outcome) }
    const { uid } = found
    made.set(name, { uid, looks: 0 })
    progress.live[name] ??= { phase: 'Pending' }
    // JobWaiters from here on, not when all are made: by then it may have ended and gone.
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
      // A cancel meets it before all are made, and a rejection that nobody awaits yet would end the process.
      told.catch(() => undefined)
      waits.push(told)
    })
    progress.heartbeat()
    await Promise.all(waits)
    return untold
  } finally {
    clearInterval(timer)
    // What was made is remembered even when this try fails on another Job.
    progress.heartbeat()
  }
}

/** A Job of a block, and how often the watch had looked at it when its facts were last taken over. */
interface Made {
  uid: string
  looks: number
}

/** Takes over what has changed: in a block that waits, that is nothing. */
function lookAt({ attempts }: ActivityDeps, made: Map<string, Made>, progress: Progress): void {
  for (const [name, known] of made) {
    const entry = attempts.get(known.uid)
    if (!entry || entry.looks === known.looks) continue
    known.looks = entry.looks
    progress.live[name] = live(factsOf(entry))
  }
}

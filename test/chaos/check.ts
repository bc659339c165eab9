import { isInfrastructure, type OutcomeType } from '../../src/model/outcome.ts'
import type { AttemptStatus, NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import type { ExpectedNode, ExpectedRun } from './expected.ts'
import { jobOf, type Line } from './side-effect-log.ts'

/** An object with the label of a run that was found after all runs had ended. */
export interface FoundObject {
  kind: 'Job' | 'Pod' | 'Deployment' | 'Service'
  name: string
  /** The run's id. */
  run: string
  ended: boolean
}

export interface Seen {
  /** By the run's name; undefined if the API gave no status. */
  runs: Record<string, RunStatus | undefined>
  sideEffects: Line[]
  objects: FoundObject[]
}

/** What a fault may cost beyond the plans. */
export interface Tolerance {
  /**
   * Attempts may be lost if the run still ends as planned. A container that was being started may be started twice if the
   * run reports it.
   */
  losses: boolean
}

/** Compares what was expected with what was seen: every violation in one sentence. */
export function check(
  expected: readonly ExpectedRun[],
  seen: Seen,
  tolerance: Tolerance = { losses: false },
): string[] {
  const { losses } = tolerance
  const counts = countsOf(seen.sideEffects, jobOf)
  const known = new Set(losses ? reportedRestarts(seen, counts) : [])
  const twice = [...counts].filter(([key, count]) => count > 1 && !known.has(key))
  return [
    ...twice.map(([key, count]) => `ran ${count} times: ${key}`),
    ...expected.flatMap((run) => ofRun(run, seen.runs[run.name], counts, tolerance)),
    ...unknownJobs(seen),
    ...seen.objects.flatMap((object) => leftBehind(object, seen)),
  ]
}

type Counts = ReadonlyMap<string, number>

/** How often each step ran, by `<job> <step>` or `<pod> <step>`. */
function countsOf(lines: readonly Line[], nameOf: (line: Line) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const key = `${nameOf(line)} ${line.step}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/**
 * `<job> <step>` of steps that ran twice in one pod and whose attempt reports it. A kubelet whose container runtime was
 * stopped during the start of a container starts it again, and nothing can prevent that.
 */
function reportedRestarts({ sideEffects, runs }: Seen, counts: Counts): string[] {
  const reporting = new Set(
    attemptsOf(runs)
      .filter(({ message }) => message?.includes('may have run twice'))
      .map(({ object }) => object.name),
  )
  const inOnePod = countsOf(sideEffects, ({ pod }) => pod)
  return sideEffects
    .filter((line) => inOnePod.get(`${line.pod} ${line.step}`) === 2 && reporting.has(jobOf(line)))
    .map((line) => `${jobOf(line)} ${line.step}`)
    .filter((key) => counts.get(key) === 2)
}

function ofRun(
  run: ExpectedRun,
  status: RunStatus | undefined,
  counts: Counts,
  tolerance: Tolerance,
): string[] {
  const who = `${run.kind} ${run.name}`
  if (!status) return [`${who}: nothing is known of it`]
  if (status.endedAt === undefined) return [`${who}: is stuck in ${status.phase}: ${summary(status)}`]
  const violations: string[] = []
  if (status.phase !== run.phase)
    violations.push(`${who}: ended ${status.phase}, not ${run.phase}: ${summary(status)}`)
  if (run.says && !run.says.test(status.message ?? ''))
    violations.push(`${who}: its message does not say ${run.says}: ${status.message ?? '(none)'}`)
  for (const [id, planned] of Object.entries(run.nodes)) {
    const node = status.nodes.find((one) => one.id === id)
    const found = node ? ofNode(planned, node, counts, tolerance) : ['nothing is known of it']
    violations.push(...found.map((text) => `${who}, ${id}: ${text}`))
  }
  return violations
}

function ofNode(planned: ExpectedNode, node: NodeStatus, counts: Counts, tolerance: Tolerance): string[] {
  const violations: string[] = []
  if (node.phase !== planned.phase)
    violations.push(`is ${node.phase}, not ${planned.phase}: ${node.message ?? ''}`)
  const outcomes = node.attempts.map(({ outcome }) => outcome ?? 'open')
  if (!isAsPlanned(outcomes, planned.outcomes, tolerance))
    violations.push(
      `its attempts came to [${outcomes.join(', ')}], not [${planned.outcomes.join(', ')}]: ${summary(node)}`,
    )
  for (const attempt of node.attempts) {
    if (isLost(attempt) && planned.lostSays && !planned.lostSays.test(attempt.message ?? ''))
      violations.push(
        `attempt ${attempt.number} does not say ${planned.lostSays}: ${attempt.message ?? '(nothing)'}`,
      )
    violations.push(...ofSideEffects(planned, node, attempt, counts))
  }
  return violations
}

type Outcome = OutcomeType | 'open'

/** With tolerated losses there may be more of them than planned. All other outcomes must match. */
function isAsPlanned(
  actual: readonly Outcome[],
  planned: readonly Outcome[],
  { losses }: Tolerance,
): boolean {
  const own = (all: readonly Outcome[]): readonly Outcome[] =>
    losses ? all.filter((one) => one === 'open' || !isInfrastructure(one)) : all
  return own(actual).join() === own(planned).join() && actual.length >= planned.length
}

const isLost = ({ outcome }: AttemptStatus): boolean => outcome !== undefined && isInfrastructure(outcome)

/** Compares the steps that an attempt reports with those that ran. Steps that ran twice are found elsewhere. */
function ofSideEffects(
  { steps }: ExpectedNode,
  node: NodeStatus,
  attempt: AttemptStatus,
  counts: Counts,
): string[] {
  // Nobody can know which step was running when the attempt was removed.
  if (isLost(attempt) || attempt.outcome === undefined || attempt.outcome === 'cancelled') return []
  const job = attempt.object.name
  const ran = (step: string): boolean => (counts.get(`${job} ${step}`) ?? 0) > 0
  const reported = attempt.steps
    ? attempt.steps.map(({ name, phase }) => ({ name, began: phase === 'Succeeded' || phase === 'Failed' }))
    : [{ name: node.id, began: attempt.outcome !== 'refused' }]
  return reported
    .filter(({ name, began }) => steps.includes(name) && began !== ran(name))
    .map(({ name, began }) =>
      began ? `Job ${job} never ran ${name}` : `Job ${job} ran ${name}, which it does not say`,
    )
}

function unknownJobs({ runs, sideEffects }: Seen): string[] {
  const known = new Set(jobsOf(runs))
  const unknown = new Set(sideEffects.map(jobOf).filter((job) => !known.has(job)))
  return [...unknown].map((job) => `Job ${job} ran, and is not an attempt of any run`)
}

const attemptsOf = (runs: Seen['runs']): AttemptStatus[] =>
  Object.values(runs).flatMap((run) => (run?.nodes ?? []).flatMap(({ attempts }) => attempts))

const jobsOf = (runs: Seen['runs']): string[] => attemptsOf(runs).map(({ object }) => object.name)

function leftBehind({ kind, name, run, ended }: FoundObject, { runs }: Seen): string[] {
  if (kind === 'Deployment' || kind === 'Service') return [`${kind} ${name} of ${run} was left behind`]
  const status = Object.values(runs).find((one) => one?.id === run)
  if (!status) return [`${kind} ${name} is left of ${run}, of which nothing is known`]
  if (status.endedAt === undefined) return []
  if (!ended) return [`${kind} ${name} still runs, and its run ${run} has ended`]
  if (status.phase === 'Cancelled') return [`${kind} ${name} was left behind by ${run}, which was cancelled`]
  const isAttempt = kind === 'Pod' || jobsOf({ [name]: status }).includes(name)
  return isAttempt ? [] : [`Job ${name} is not an attempt of ${run}`]
}

/** Enough to start an investigation. */
function summary(status: RunStatus | NodeStatus): string {
  const nodes = 'nodes' in status ? status.nodes : [status]
  const open = nodes.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Skipped')
  const attempts = (open.length > 0 ? open : nodes).flatMap(({ id, attempts: all }) =>
    all.map(({ number, phase, outcome, message }) => `${id}#${number} ${outcome ?? phase} ${message ?? ''}`),
  )
  return `${status.message ?? ''} [${attempts.join('; ')}]`
}

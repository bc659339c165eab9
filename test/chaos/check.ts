import { isInfrastructure, type OutcomeType } from '../../src/model/outcome.ts'
import type { AttemptStatus, NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import type { ExpectedNode, ExpectedRun } from './expected.ts'
import { jobOf, type Line } from './side-effect-log.ts'

/** An object that carries the label of a run, as it was found when everything had ended. */
export interface Found {
  kind: 'Job' | 'Pod' | 'Deployment' | 'Service'
  name: string
  /** The run's id. */
  run: string
  ended: boolean
}

export interface Seen {
  /** By the run's name; undefined where nothing could be told. */
  runs: Record<string, RunStatus | undefined>
  ledger: Line[]
  objects: Found[]
}

/** What a fault may cost beyond what the plans say. */
export interface Tolerance {
  /**
   * Attempts may be lost to it, as long as the run ends as planned, and a container that has not quite started may
   * be started twice, as long as the run says so.
   */
  losses: boolean
}

/** verdict: expected × seen → every promise that was broken, one sentence each. */
export function verdict(
  expected: readonly ExpectedRun[],
  seen: Seen,
  tolerance: Tolerance = { losses: false },
): string[] {
  const { losses } = tolerance
  const counts = countsOf(seen.ledger, jobOf)
  const known = new Set(losses ? startedAgain(seen, counts) : [])
  const twice = [...counts].filter(([key, count]) => count > 1 && !known.has(key))
  return [
    ...twice.map(([key, count]) => `ran ${count} times: ${key}`),
    ...expected.flatMap((run) => ofRun(run, seen.runs[run.name], counts, tolerance)),
    ...unknownLines(seen),
    ...seen.objects.flatMap((object) => left(object, seen)),
  ]
}

type Counts = ReadonlyMap<string, number>

/** How often each step ran, by `<job> <step>` or `<pod> <step>`. */
function countsOf(ledger: readonly Line[], nameOf: (line: Line) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of ledger) {
    const key = `${nameOf(line)} ${line.step}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/**
 * `<job> <step>` of those that ran twice, in one pod, as their attempt says: a kubelet whose container runtime was
 * stopped in the midst of a container's start starts it again, which nobody can keep it from.
 */
function startedAgain({ ledger, runs }: Seen, counts: Counts): string[] {
  const saying = new Set(
    attemptsOf(runs)
      .filter(({ message }) => message?.includes('may have run twice'))
      .map(({ object }) => object.name),
  )
  const inOnePod = countsOf(ledger, ({ pod }) => pod)
  return ledger
    .filter((line) => inOnePod.get(`${line.pod} ${line.step}`) === 2 && saying.has(jobOf(line)))
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
  if (status.endedAt === undefined) return [`${who}: is stuck in ${status.phase}: ${briefly(status)}`]
  const breaches: string[] = []
  if (status.phase !== run.phase)
    breaches.push(`${who}: ended ${status.phase}, not ${run.phase}: ${briefly(status)}`)
  if (run.says && !run.says.test(status.message ?? ''))
    breaches.push(`${who}: its message does not say ${run.says}: ${status.message ?? '(none)'}`)
  for (const [id, planned] of Object.entries(run.nodes)) {
    const node = status.nodes.find((one) => one.id === id)
    const found = node ? ofNode(planned, node, counts, tolerance) : ['nothing is known of it']
    breaches.push(...found.map((text) => `${who}, ${id}: ${text}`))
  }
  return breaches
}

function ofNode(planned: ExpectedNode, node: NodeStatus, counts: Counts, tolerance: Tolerance): string[] {
  const breaches: string[] = []
  if (node.phase !== planned.phase)
    breaches.push(`is ${node.phase}, not ${planned.phase}: ${node.message ?? ''}`)
  const came = node.attempts.map(({ outcome }) => outcome ?? 'open')
  if (!isAsPlanned(came, planned.outcomes, tolerance))
    breaches.push(
      `its attempts came to [${came.join(', ')}], not [${planned.outcomes.join(', ')}]: ${briefly(node)}`,
    )
  for (const attempt of node.attempts) {
    if (isLost(attempt) && planned.lostSays && !planned.lostSays.test(attempt.message ?? ''))
      breaches.push(
        `attempt ${attempt.number} does not say ${planned.lostSays}: ${attempt.message ?? '(nothing)'}`,
      )
    breaches.push(...ofLedger(planned, node, attempt, counts))
  }
  return breaches
}

type Came = OutcomeType | 'open'

/** Where losses are tolerated there may be more of them than planned, and all else is as it was. */
function isAsPlanned(came: readonly Came[], planned: readonly Came[], { losses }: Tolerance): boolean {
  const own = (all: readonly Came[]): readonly Came[] =>
    losses ? all.filter((one) => one === 'open' || !isInfrastructure(one)) : all
  return own(came).join() === own(planned).join() && came.length >= planned.length
}

const isLost = ({ outcome }: AttemptStatus): boolean => outcome !== undefined && isInfrastructure(outcome)

/** What an attempt says that it ran, against what ran. More than once is a breach elsewhere; here it is too little, or too much. */
function ofLedger(
  { steps }: ExpectedNode,
  node: NodeStatus,
  attempt: AttemptStatus,
  counts: Counts,
): string[] {
  // Where it was when it was taken away nobody can know for sure.
  if (isLost(attempt) || attempt.outcome === undefined || attempt.outcome === 'cancelled') return []
  const job = attempt.object.name
  const ran = (step: string): boolean => (counts.get(`${job} ${step}`) ?? 0) > 0
  const told = attempt.steps
    ? attempt.steps.map(({ name, phase }) => ({ name, began: phase === 'Succeeded' || phase === 'Failed' }))
    : [{ name: node.id, began: attempt.outcome !== 'refused' }]
  return told
    .filter(({ name, began }) => steps.includes(name) && began !== ran(name))
    .map(({ name, began }) =>
      began ? `Job ${job} never ran ${name}` : `Job ${job} ran ${name}, which it does not say`,
    )
}

function unknownLines({ runs, ledger }: Seen): string[] {
  const known = new Set(jobsOf(runs))
  const strangers = new Set(ledger.map(jobOf).filter((job) => !known.has(job)))
  return [...strangers].map((job) => `Job ${job} ran, and is no attempt of any run`)
}

const attemptsOf = (runs: Seen['runs']): AttemptStatus[] =>
  Object.values(runs).flatMap((run) => (run?.nodes ?? []).flatMap(({ attempts }) => attempts))

const jobsOf = (runs: Seen['runs']): string[] => attemptsOf(runs).map(({ object }) => object.name)

function left({ kind, name, run, ended }: Found, { runs }: Seen): string[] {
  if (kind === 'Deployment' || kind === 'Service') return [`${kind} ${name} of ${run} was left behind`]
  const status = Object.values(runs).find((one) => one?.id === run)
  if (!status) return [`${kind} ${name} is left of ${run}, of which nothing is known`]
  if (status.endedAt === undefined) return []
  if (!ended) return [`${kind} ${name} still runs, and its run ${run} has ended`]
  if (status.phase === 'Cancelled') return [`${kind} ${name} was left behind by ${run}, which was cancelled`]
  const isAttempt = kind === 'Pod' || jobsOf({ [name]: status }).includes(name)
  return isAttempt ? [] : [`Job ${name} is no attempt of ${run}`]
}

/** Enough to begin looking with. */
function briefly(told: RunStatus | NodeStatus): string {
  const nodes = 'nodes' in told ? told.nodes : [told]
  const open = nodes.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Skipped')
  const attempts = (open.length > 0 ? open : nodes).flatMap(({ id, attempts: all }) =>
    all.map(({ number, phase, outcome, message }) => `${id}#${number} ${outcome ?? phase} ${message ?? ''}`),
  )
  return `${told.message ?? ''} [${attempts.join('; ')}]`
}

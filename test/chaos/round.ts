import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { patience } from '../../deploy/local/slowness.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { createNamespace } from '../create-namespace.ts'
import { until } from '../until.ts'
import { check, type Seen } from './check.ts'
import type { Env } from './env.ts'
import type { ExpectedRun } from './expected.ts'
import type { Fault, Figure, Round } from './fault.ts'
import { load } from './load.ts'
import type { Random } from './random.ts'
import { cancel, objectsOf, statusOf, submit } from './runs.ts'
import { jobOf, openSideEffectLog, readSideEffects } from './side-effect-log.ts'

export interface RoundResult {
  runs: number
  containers: number
  seconds: number
  violations: string[]
  figures: Figure[]
}

/** Concurrent requests: the load itself must not overload the API. */
const limited = pLimit(4)
/** After the last recovery. A run that has not ended by then is stuck. */
const END_WITHIN_MS = 240_000
/** Job conditions and garbage collection follow the end of a run. */
const SETTLE_MS = 45_000

export interface RoundOptions {
  runs: number
  random: Random
  /** Factor for time limits, on a machine that does other work too. */
  slack?: number
}

/** Starts the load, injects one fault after the other, waits until every run has ended, and checks them. */
export async function runRound(
  env: Env,
  name: string,
  faults: readonly Fault[],
  { runs, random, slack = 1 }: RoundOptions,
): Promise<RoundResult> {
  const startedAt = performance.now()
  const namespace = `chaos-${name}-${Date.now().toString(36)}`
  const log = openSideEffectLog(env.stack.layout.stateDir, namespace)
  const expected = [
    ...faults.flatMap((fault) => fault.runs?.(log) ?? []),
    ...load(log, runs, random, env.stack.nodeName ?? ''),
  ]
  const ids = new Map<string, string>()
  const violations: string[] = []
  const round: Round = {
    env,
    random,
    namespace,
    log,
    ids,
    statusOf: async (run) => statusOf(env, ids.get(run) ?? ''),
    lines: () => readSideEffects(log).length,
  }
  await createNamespace(env.kube, namespace)
  for (const fault of faults) await fault.before?.(round)
  const submitting = limited
    .map(expected, async (run) => {
      ids.set(run.name, await submit(env, namespace, run))
    })
    .catch((error: unknown) => violations.push(messageOf(error)))
  const figures: Figure[] = []
  try {
    await until('a quarter of the load has started', () => round.lines() >= expected.length / 4)
    for (const fault of faults) figures.push(...(await injectFault(round, fault, violations)))
  } catch (error) {
    violations.push(messageOf(error))
  }
  await submitting
  const seen = await waitForEnds(round, expected)
  violations.push(...check(expected, seen, { losses: faults.some(({ losses }) => losses) }))
  for (const { name: what, ms, limitMs } of figures)
    if (ms > limitMs * slack) violations.push(`${what} took ${ms} ms and may take ${limitMs * slack}`)
  // After a violation the namespace is kept for inspection.
  if (violations.length === 0) await env.kube.delete(`/api/v1/namespaces/${namespace}`, {})
  const seconds = (performance.now() - startedAt) / 1_000
  return { runs: expected.length, containers: seen.sideEffects.length, seconds, violations, figures }
}

/** Injects a fault and recovers from it. Afterwards every process runs again, even if the fault itself failed. */
async function injectFault(round: Round, fault: Fault, violations: string[]): Promise<Figure[]> {
  const { env } = round
  const figures: Figure[] = []
  env.report(`  ${fault.name}: ${round.lines()} containers have started; ${fault.about}`)
  for (const act of [fault.inject, fault.recover]) {
    try {
      figures.push(...((await act?.(round)) ?? []))
    } catch (error) {
      violations.push(`${fault.name} failed: ${messageOf(error)}`)
      env.report(`  ${violations.at(-1)}`)
    }
  }
  await env.restore()
  return figures
}

/** Waits until every run has ended, cancels the endless ones, and returns what is left. */
async function waitForEnds(round: Round, expected: readonly ExpectedRun[]): Promise<Seen> {
  const runs: Seen['runs'] = {}
  const haveEnded = async (which: readonly ExpectedRun[]): Promise<boolean> => {
    const open = which.filter(({ name }) => runs[name]?.endedAt === undefined)
    await limited.map(open, async ({ name }) => {
      const status = await round.statusOf(name)
      if (status) runs[name] = status
    })
    return which.every(({ name }) => isWhole(runs[name]))
  }
  const waitFor = async (which: readonly ExpectedRun[]): Promise<void> => {
    const giveUpAt = performance.now() + patience(END_WITHIN_MS)
    // Each poll costs the API server and Temporal CPU time.
    while (!(await haveEnded(which)) && performance.now() < giveUpAt) await sleep(1_000)
  }
  await waitFor(expected.filter(({ endless }) => !endless))
  const endless = expected.filter(({ endless: never }) => never)
  const { env, namespace } = round
  await until(
    'every stream is running',
    async () => {
      const all = await Promise.all(endless.map(({ name }) => round.statusOf(name)))
      return all.every((status) => status?.phase === 'Running')
    },
    END_WITHIN_MS,
  ).catch(() => undefined)
  await limited.map(endless, ({ name }) => cancel(env, round.ids.get(name) ?? ''))
  await waitFor(endless)
  const observe = async (): Promise<Seen> => ({
    runs,
    sideEffects: readSideEffects(round.log),
    objects: await objectsOf(env, namespace),
  })
  // Only objects can still change.
  const settled = (now: Seen): boolean =>
    now.objects.every(({ kind, ended }) => (kind === 'Job' || kind === 'Pod') && ended)
  await until('objects have settled', async () => settled(await observe()), SETTLE_MS).catch(() => undefined)
  return observe()
}

/** Only a worker can report how the nodes of a cancelled run ended, and it may have just restarted. */
const isWhole = (status: RunStatus | undefined): boolean =>
  status?.endedAt !== undefined && (status.phase !== 'Cancelled' || status.nodes.length > 0)

/** Jobs whose containers have started, each once. */
export const startedJobs = ({ log }: Round): Set<string> => new Set(readSideEffects(log).map(jobOf))

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

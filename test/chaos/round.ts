import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { patience } from '../../deploy/local/slowness.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { until } from '../until.ts'
import { type Seen, verdict } from './check.ts'
import type { World } from './env.ts'
import type { ExpectedRun } from './expected.ts'
import type { Fault, Figure, Wave } from './fault.ts'
import { load } from './load.ts'
import type { Random } from './random.ts'
import { cancel, objectsOf, statusOf, submit } from './runs.ts'
import { jobOf, ledgerFolder, readLedger } from './side-effect-log.ts'

export interface WaveResult {
  runs: number
  containers: number
  seconds: number
  breaches: string[]
  figures: Figure[]
}

/** Requests at once: the load is to be struck, not to strike. */
const few = pLimit(4)
/** After the last fault is healed. A run that has not ended by then, with nothing in its way, is stuck. */
const END_WITHIN_MS = 240_000
/** Job conditions and garbage collection come a moment after the end of a run. */
const SETTLE_MS = 45_000

export interface WaveOptions {
  runs: number
  random: Random
  /** By how much limits of time are stretched, on a machine that does other things too. */
  slack?: number
}

/** Starts the load, strikes it with one fault after the other, waits for every end, and judges. */
export async function runWave(
  world: World,
  name: string,
  faults: readonly Fault[],
  { runs, random, slack = 1 }: WaveOptions,
): Promise<WaveResult> {
  const startedAt = performance.now()
  const namespace = `chaos-${name}-${Date.now().toString(36)}`
  const ground = { ledger: ledgerFolder(world.stack.layout.stateDir, namespace) }
  const expected = [
    ...faults.flatMap((fault) => fault.runs?.(ground) ?? []),
    ...load(ground, runs, random, world.stack.nodeName ?? ''),
  ]
  const ids = new Map<string, string>()
  const breaches: string[] = []
  const wave: Wave = {
    world,
    random,
    namespace,
    ground,
    ids,
    statusOf: async (run) => statusOf(world, ids.get(run) ?? ''),
    lines: () => readLedger(ground.ledger).length,
  }
  await makeNamespace(world, namespace)
  for (const fault of faults) await fault.before?.(wave)
  const submitting = few
    .map(expected, async (run) => {
      ids.set(run.name, await submit(world, namespace, run))
    })
    .catch((error: unknown) => breaches.push(messageOf(error)))
  const figures: Figure[] = []
  try {
    await until('a quarter of the load has begun', () => wave.lines() >= expected.length / 4)
    for (const fault of faults) figures.push(...(await struck(wave, fault, breaches)))
  } catch (error) {
    breaches.push(messageOf(error))
  }
  await submitting
  const seen = await untilOver(wave, expected)
  breaches.push(...verdict(expected, seen, { losses: faults.some(({ losses }) => losses) }))
  for (const { name: what, ms, limitMs } of figures)
    if (ms > limitMs * slack) breaches.push(`${what} took ${ms} ms and may take ${limitMs * slack}`)
  // What was broken is left to be looked at.
  if (breaches.length === 0) await world.kube.delete(`/api/v1/namespaces/${namespace}`, {})
  const seconds = (performance.now() - startedAt) / 1_000
  return { runs: expected.length, containers: seen.ledger.length, seconds, breaches, figures }
}

/** Whatever becomes of the fault itself: when this is over, everything is there again. */
async function struck(wave: Wave, fault: Fault, breaches: string[]): Promise<Figure[]> {
  const { world } = wave
  const figures: Figure[] = []
  world.report(`  ${fault.name}: ${wave.lines()} containers have begun; ${fault.about}`)
  for (const act of [fault.strike, fault.heal]) {
    try {
      figures.push(...((await act?.(wave)) ?? []))
    } catch (error) {
      breaches.push(`${fault.name} did not go as it should: ${messageOf(error)}`)
      world.report(`  ${breaches.at(-1)}`)
    }
  }
  await world.mend()
  return figures
}

async function makeNamespace({ kube }: World, name: string): Promise<void> {
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await until(`default service account of ${name}`, async () => {
    const { items } = await kube.list(`/api/v1/namespaces/${name}/serviceaccounts`)
    return items.length > 0
  })
}

/** Waits until every run has ended, cancels those that never would, and takes down what is to be seen then. */
async function untilOver(wave: Wave, expected: readonly ExpectedRun[]): Promise<Seen> {
  const runs: Seen['runs'] = {}
  const over = async (which: readonly ExpectedRun[]): Promise<boolean> => {
    const open = which.filter(({ name }) => runs[name]?.endedAt === undefined)
    await few.map(open, async ({ name }) => {
      const status = await wave.statusOf(name)
      if (status) runs[name] = status
    })
    return which.every(({ name }) => isWhole(runs[name]))
  }
  const patiently = async (which: readonly ExpectedRun[]): Promise<void> => {
    const giveUpAt = performance.now() + patience(END_WITHIN_MS)
    // Looking costs the API server and Temporal something too.
    while (!(await over(which)) && performance.now() < giveUpAt) await sleep(1_000)
  }
  await patiently(expected.filter(({ endless }) => !endless))
  const endless = expected.filter(({ endless: never }) => never)
  const { world, namespace } = wave
  await until(
    'every stream is up',
    async () => {
      const all = await Promise.all(endless.map(({ name }) => wave.statusOf(name)))
      return all.every((status) => status?.phase === 'Running')
    },
    END_WITHIN_MS,
  ).catch(() => undefined)
  await few.map(endless, ({ name }) => cancel(world, wave.ids.get(name) ?? ''))
  await patiently(endless)
  const seen = async (): Promise<Seen> => ({
    runs,
    ledger: readLedger(wave.ground.ledger),
    objects: await objectsOf(world, namespace),
  })
  // Nothing but objects may still change.
  const settled = (now: Seen): boolean =>
    now.objects.every(({ kind, ended }) => (kind === 'Job' || kind === 'Pod') && ended)
  await until('objects have settled', async () => settled(await seen()), SETTLE_MS).catch(() => undefined)
  return seen()
}

/** How the nodes of a cancelled run ended is a worker's to tell, who may have just come back. */
const isWhole = (status: RunStatus | undefined): boolean =>
  status?.endedAt !== undefined && (status.phase !== 'Cancelled' || status.nodes.length > 0)

/** Jobs whose containers have begun, each once. */
export const begun = ({ ground }: Wave): Set<string> => new Set(readLedger(ground.ledger).map(jobOf))

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

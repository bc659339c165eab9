import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, type ConnectionLike } from '@temporalio/client'
import { readConfig } from '../../config/config.ts'
import { AppError } from '../../operations/app-error.ts'
import { isRefused } from '../../temporal/call-temporal.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import { buildId } from '../../temporal/workers/build-id.ts'
import { lastHeard, readPolledQueues } from '../../temporal/workers/polled-queues.ts'
import { isInEffect, type Route, routeTo } from '../../temporal/workers/route.ts'
import { readWorkerDeployment, type WorkerDeployment } from '../../temporal/workers/worker-deployment.ts'

const help = `millrace promote [BUILD]: route all runs, including open ones, to a build (default: the code of this checkout)

  --percentage N   route only this percentage of the runs, from 1 to 99; a higher value keeps those of a lower one
  --no-replay      do not replay the open runs first
  -h, --help       show this help

A worker of the build must be running. The open runs are replayed first; if one of them diverges, nothing is
changed. Only the build of this checkout can be replayed. To roll back, run \`millrace promote\` with the previous
build, as listed by \`millrace versions\`.

Exits with 3 if a run diverges, and with 1 on any other error.
`

const options = {
  percentage: { type: 'string' },
  replay: { type: 'boolean', default: true },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Say = (line: string) => void
type Temporal = { connection: ConnectionLike; namespace: string }

/**
 * Temporal knows a new worker within a second or two; a busy machine takes many times that. The command says
 * at once what it waits for.
 */
const WORKER_WITHIN_MS = 60_000
/** Ends a hang. Every partition of every queue learns of it, each with a server limit of half a minute. */
const EFFECT_WITHIN_MS = 120_000
const LOOK_MS = 200
/** Exit code, for scripts. */
const DIVERGED = 3

export async function promote(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowNegative: true, allowPositionals: true, options })
  const say: Say = (line) => void process.stdout.write(`${line}\n`)
  if (values.help) return say(help)
  const config = readConfig()
  const own = config.build ?? buildId()
  const [build = own, ...more] = positionals
  if (more.length > 0) throw new Error(`only one build can be promoted at a time: remove "${more.join(' ')}"`)
  const route: Route = { build, percentage: readPercentage(values.percentage) }
  const connection = connectTemporal({ address: config.temporal.address })
  const temporal = { connection, namespace: config.temporal.namespace }
  try {
    const { current, ramping } = await untilThere(temporal, build, say)
    if (current === build && route.percentage === 100 && !ramping)
      return say(`Build ${build} is already current.`)
    if (build !== own) say(`The open runs are not replayed: build ${build} is not this code (build ${own}).`)
    else if (values.replay) await requireReplay(new Client(temporal), say)
    await change(temporal, route)
    say(toldOf(route, current))
  } finally {
    await connection.close()
  }
}

/** Default: 100. */
export function readPercentage(text: string | undefined): number {
  if (text === undefined) return 100
  const percentage = Number(text)
  if (Number.isInteger(percentage) && percentage >= 1 && percentage <= 99) return percentage
  throw new Error(
    `--percentage is "${text}" but must be a number from 1 to 99; omit it to route all runs to the build`,
  )
}

/** Resolves when a worker of the build polls every queue. */
async function untilThere(temporal: Temporal, build: string, say: Say): Promise<WorkerDeployment> {
  const giveUpAt = performance.now() + WORKER_WITHIN_MS
  for (let look = 0; ; look += 1) {
    const deployment = await patiently(giveUpAt, () => readWorkerDeployment(temporal))
    if (deployment?.versions.some((version) => version.build === build)) {
      const queues = await patiently(giveUpAt, () => readPolledQueues(temporal))
      if (lastHeard(queues, build) !== undefined) return deployment
    }
    if (look === 0) say(`Waiting for a worker of build ${build} ...`)
    if (performance.now() > giveUpAt) {
      const known = deployment?.versions.map((version) => version.build).join(', ') || 'none'
      throw new Error(
        `no worker of build ${build} is running, so its runs would make no progress: start one first, or choose another build (known: ${known})`,
      )
    }
    await sleep(LOOK_MS)
  }
}

const isUnanswered = (error: unknown): boolean => error instanceof AppError && error.code === 'unavailable'

/** Versions are workflows inside the server, which sometimes do not answer in time: ask again. */
async function patiently<T>(giveUpAt: number, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnanswered(error) || performance.now() > giveUpAt) throw error
    }
    await sleep(LOOK_MS)
  }
}

async function requireReplay(client: Client, say: Say): Promise<void> {
  say('Replaying the open runs with this code ...')
  // Loads the whole worker, so only where it is needed.
  const { replayRuns } = await import('./replay-runs.ts')
  const { replayed, diverged } = await replayRuns(client, say)
  if (diverged.length > 0) {
    process.exitCode = DIVERGED
    throw new Error(
      `nothing was changed: ${diverged.length} of ${replayed} open runs diverge with this code and would make no progress (${diverged.join(', ')}). Guard the change with patched(), let the runs end with the current build, or skip this check with --no-replay`,
    )
  }
  say(`${replayed} open runs replay with this code.`)
}

async function change(temporal: Temporal, route: Route): Promise<void> {
  const giveUpAt = performance.now() + EFFECT_WITHIN_MS
  while (!isInEffect(route, await patiently(giveUpAt, () => readPolledQueues(temporal)))) {
    const deployment = await patiently(giveUpAt, () => readWorkerDeployment(temporal))
    try {
      if (deployment) await routeTo(temporal, route, deployment)
    } catch (error) {
      // A worker that started or stopped in the meantime changes the deployment too, so it is read again.
      if (!(isRefused(error) || isUnanswered(error)) || performance.now() > giveUpAt) throw error
    }
    if (performance.now() > giveUpAt)
      throw new Error(
        `Temporal accepted the change but did not apply it to every task queue within ${EFFECT_WITHIN_MS / 1000} s: \`millrace versions\` shows the current state`,
      )
    await sleep(LOOK_MS)
  }
}

const toldOf = ({ build, percentage }: Route, before: string | undefined): string =>
  percentage === 100
    ? `Build ${build} is current: all runs are routed to it.${before && before !== build ? ` To roll back: millrace promote ${before}` : ''}`
    : `${percentage} % of the runs are routed to build ${build}, the others to ${before}. To route all runs: millrace promote ${build}; to roll back: millrace promote ${before}`

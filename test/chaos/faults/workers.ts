import { patience } from '../../../deploy/local/slowness.ts'
import { until } from '../../until.ts'
import type { Fault, Figure, Round } from '../fault.ts'
import { startedJobs } from '../round.ts'
import { objectsOf } from '../runs.ts'

/** From the start of the new worker until the next Job runs. */
const RECOVERY_MS = 15_000
/** For a worker to exit on SIGTERM. */
const HAND_OVER_MS = 5_000
/** Resolution of the figures. */
const POLL_MS = 100
/** If no container has started for this long, every Job that was running has ended. */
const QUIET_MS = 3_000

const msSince = (startedAt: number): number => Math.round(performance.now() - startedAt)

/** Milliseconds until a new Job runs, which a worker has decided on and created. */
async function msUntilNewJob(round: Round, since: number): Promise<number> {
  const before = await jobNames(round)
  const hasNewJob = (): boolean => [...startedJobs(round)].some((job) => !before.has(job))
  await until('a new Job runs', hasNewJob, 60_000, POLL_MS)
  return msSince(since)
}

async function jobNames({ env, namespace }: Round): Promise<Set<string>> {
  const objects = await objectsOf(env, namespace)
  return new Set(objects.filter(({ kind }) => kind === 'Job').map(({ name }) => name))
}

/** Resolves when the running containers have ended and, without a worker, no other has started. */
async function untilQuiet(round: Round): Promise<void> {
  let lines = round.lines()
  let since = performance.now()
  await until(
    'no container starts any more',
    () => {
      if (round.lines() !== lines) since = performance.now()
      lines = round.lines()
      return performance.now() - since > patience(QUIET_MS)
    },
    60_000,
  )
}

const workerKilled: Fault = {
  name: 'worker-killed',
  about: 'the only worker is killed, and restarted when every running Job has ended',
  async inject(round) {
    await round.env.worker.stop('SIGKILL')
    await untilQuiet(round)
  },
  async recover(round) {
    const since = performance.now()
    const recovered = msUntilNewJob(round, since)
    await round.env.worker.start()
    return [{ name: 'recovery after SIGKILL of the worker', ms: await recovered, limitMs: RECOVERY_MS }]
  },
}

const workerKilledAtWork: Fault = {
  name: 'worker-killed-at-work',
  about: 'the only worker is killed while it works, three times, and restarted at once',
  async inject({ env, random }) {
    for (let time = 0; time < 3; time += 1) {
      await env.worker.stop('SIGKILL')
      await env.worker.start()
      // It works for a random time.
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 2_000)))
    }
  },
}

const workerStopped: Fault = {
  name: 'worker-stopped',
  about: 'a worker gets SIGTERM while another one runs',
  async inject({ env }) {
    await env.secondWorker.start()
  },
  async recover(round) {
    const { env } = round
    const since = performance.now()
    await env.worker.stop('SIGTERM', 60_000)
    const exited: Figure = { name: 'a worker ends on SIGTERM', ms: msSince(since), limitMs: HAND_OVER_MS }
    const takenOver: Figure = {
      name: 'the other worker takes over',
      ms: await msUntilNewJob(round, since),
      limitMs: RECOVERY_MS,
    }
    await env.worker.start()
    await env.secondWorker.stop('SIGTERM', 60_000)
    return [exited, takenOver]
  },
}

const twoWorkers: Fault = {
  name: 'two-workers',
  about: 'two workers share the load, and each is killed in turn',
  async inject({ env, random }) {
    await env.secondWorker.start()
    await new Promise((resolve) => setTimeout(resolve, random.between(2_000, 5_000)))
    await env.worker.stop('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, random.between(2_000, 5_000)))
    await env.worker.start()
  },
  async recover({ env }) {
    await env.worker.start()
    await env.secondWorker.stop('SIGKILL')
  },
}

export const workerFaults = [workerKilled, workerKilledAtWork, workerStopped, twoWorkers]

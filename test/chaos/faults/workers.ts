import { patience } from '../../../deploy/local/slowness.ts'
import { until } from '../../until.ts'
import type { Fault, Figure, Wave } from '../fault.ts'
import { begun } from '../round.ts'
import { objectsOf } from '../runs.ts'

/** From the start of the new worker to the next Job that runs. */
const RECOVERY_MS = 15_000
/** For a worker that is told to end. */
const HAND_OVER_MS = 5_000
/** How exactly the figures are told. */
const LOOK_MS = 100
/** Without a new container for so long, what was under way has come to its end. */
const QUIET_MS = 3_000

const msSince = (startedAt: number): number => Math.round(performance.now() - startedAt)

/** A Job that was not there runs: decided, made, and carried out. */
async function progress(wave: Wave, since: number): Promise<number> {
  const before = await jobNames(wave)
  const moves = (): boolean => [...begun(wave)].some((job) => !before.has(job))
  await until('something moves', moves, 60_000, LOOK_MS)
  return msSince(since)
}

async function jobNames({ world, namespace }: Wave): Promise<Set<string>> {
  const objects = await objectsOf(world, namespace)
  return new Set(objects.filter(({ kind }) => kind === 'Job').map(({ name }) => name))
}

/** Resolves when the containers that run have come to their end with nobody there to go on. */
async function quiet(wave: Wave): Promise<void> {
  let lines = wave.lines()
  let since = performance.now()
  await until(
    'nothing moves any more',
    () => {
      if (wave.lines() !== lines) since = performance.now()
      lines = wave.lines()
      return performance.now() - since > patience(QUIET_MS)
    },
    60_000,
  )
}

const workerKilled: Fault = {
  name: 'worker-killed',
  about: 'the only worker is killed, and comes back when all that ran has ended',
  async strike(wave) {
    await wave.world.worker.stop('SIGKILL')
    await quiet(wave)
  },
  async heal(wave) {
    const since = performance.now()
    const moving = progress(wave, since)
    await wave.world.worker.start()
    return [{ name: 'recovery after SIGKILL of the worker', ms: await moving, limitMs: RECOVERY_MS }]
  },
}

const workerKilledAtWork: Fault = {
  name: 'worker-killed-at-work',
  about: 'the only worker is killed in the midst of its work, three times, and started again at once',
  async strike({ world, random }) {
    for (let time = 0; time < 3; time += 1) {
      await world.worker.stop('SIGKILL')
      await world.worker.start()
      // A moment of work, of any length.
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 2_000)))
    }
  },
}

const workerStopped: Fault = {
  name: 'worker-stopped',
  about: 'a worker is told to end while another one is there',
  async strike({ world }) {
    await world.secondWorker.start()
  },
  async heal(wave) {
    const { world } = wave
    const since = performance.now()
    await world.worker.stop('SIGTERM', 60_000)
    const gone: Figure = { name: 'a worker ends on SIGTERM', ms: msSince(since), limitMs: HAND_OVER_MS }
    const moved: Figure = {
      name: 'the other worker goes on',
      ms: await progress(wave, since),
      limitMs: RECOVERY_MS,
    }
    await world.worker.start()
    await world.secondWorker.stop('SIGTERM', 60_000)
    return [gone, moved]
  },
}

const twoWorkers: Fault = {
  name: 'two-workers',
  about: 'two workers share the load, and each is killed in turn',
  async strike({ world, random }) {
    await world.secondWorker.start()
    await new Promise((resolve) => setTimeout(resolve, random.between(2_000, 5_000)))
    await world.worker.stop('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, random.between(2_000, 5_000)))
    await world.worker.start()
  },
  async heal({ world }) {
    await world.worker.start()
    await world.secondWorker.stop('SIGKILL')
  },
}

export const workerFaults = [workerKilled, workerKilledAtWork, workerStopped, twoWorkers]

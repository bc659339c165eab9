import { spawn } from 'node:child_process'
import type { Log } from '../../telemetry/log.ts'

/** Pause after a promotion that was refused, because each one replays the open runs. */
const AGAIN_MS = 300_000
/** Spreads the workers of one build, which all notice at the same time: the second finds it done. */
const SPREAD_MS = 3_000

export interface AutoPromote {
  /** To be called at every check. `isAlone`: the current build has no workers. */
  look(isAlone: boolean): void
  stop(): void
}

/**
 * After a rollout that nobody promoted, the last worker of the current build stops, and no run makes
 * progress. After `afterMs` of that a worker of another build runs `millrace promote`, which replays the open
 * runs first and changes nothing if one diverges. It is a separate process, since a replay needs Temporal's
 * runtime for itself.
 */
export function autoPromote(build: string, afterMs: number, log: Log): AutoPromote {
  let nextAt: number | undefined
  let child: ReturnType<typeof promote> | undefined
  return {
    look(isAlone) {
      if (!isAlone) nextAt = undefined
      else nextAt ??= Date.now() + afterMs + Math.random() * SPREAD_MS
      if (nextAt === undefined || Date.now() < nextAt || child) return
      log(
        'info',
        'no worker of the current build has returned: this build takes over if all open runs replay with it',
        {
          build,
        },
      )
      child = promote(build)
      void child.ended.then(({ code, output }) => {
        child = undefined
        nextAt = Date.now() + AGAIN_MS
        if (code !== 0)
          log('warn', 'this build could not take over: the runs make no progress', { build, output })
      })
    },
    stop: () => child?.kill(),
  }
}

/** Enough for the ids of some runs and what is wrong with them. */
const MAX_OUTPUT = 4_000

function promote(build: string): { ended: Promise<{ code: number | null; output: string }>; kill(): void } {
  const [main = ''] = process.argv.slice(1)
  const child = spawn(process.execPath, [...process.execArgv, main, 'promote', build], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-MAX_OUTPUT)
    })
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('error', ({ message }) => resolve({ code: null, output: message }))
    child.on('close', (code) => resolve({ code, output: output.trim() }))
  })
  return { ended, kill: () => void child.kill() }
}

/**
 * Calls apt-get so that no machine is left with a half-installed package.
 *
 * apt-get runs in a session of its own. Ctrl-C in a terminal reaches every process of the foreground group, and an
 * interrupted dpkg leaves a broken package. So only this process gets the signal, and passes it on where that is
 * safe: once, while lists or packages are downloaded, and then it waits for apt-get to end. A call in which dpkg
 * works is never interrupted. It takes seconds, because everything is downloaded by then.
 *
 * If another process holds a lock (unattended-upgrades, mostly after a boot), it waits as long as necessary and
 * reports the process. apt can wait for dpkg's locks by itself, but not for those of its lists and archives, and an
 * abort meanwhile could not know whether dpkg has begun.
 */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { withSystemPath } from '../../environment/system-path.ts'
import type { Report } from '../../report.ts'
import { lockHolder } from './apt-output.ts'

export interface AptOptions {
  report: Report
  signal?: AbortSignal | undefined
}

export interface AptResult {
  /** The exit code of apt-get: 0 or 100. */
  code: number
  output: string
}

interface Call extends AptOptions {
  cwd?: string
  /** False if dpkg works. */
  interruptible: boolean
}

/** Between two tries for a lock. Each starts apt-get, which takes about half a second on a slow machine. */
const LOCK_LOOK_MS = 2_000

/** Downloads. On abort it ends at once, with the reason of the signal. */
export const aptDownload = (args: string[], options: AptOptions & { cwd?: string }): Promise<AptResult> =>
  untilUnlocked(args, { ...options, interruptible: true })

/** Installs what was downloaded. On abort it first lets dpkg finish. */
export const aptInstall = (args: string[], options: AptOptions): Promise<AptResult> =>
  untilUnlocked(args, { ...options, interruptible: false })

async function untilUnlocked(args: string[], call: Call): Promise<AptResult> {
  const startedAt = performance.now()
  let said: string | undefined
  for (;;) {
    call.signal?.throwIfAborted()
    const result = await runApt(args, call)
    call.signal?.throwIfAborted()
    const holder = result.code === 0 ? undefined : lockHolder(result.output)
    if (holder === undefined) return result
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    const line = `Waiting for ${holder}, which holds a lock of apt-get`
    if (said === line) call.report(`${line}: ${seconds} s so far`, 'progress')
    else call.report(`${line}. Ctrl-C stops waiting`)
    said = line
    await sleep(LOCK_LOOK_MS, undefined, call.signal ? { signal: call.signal } : {}).catch(() => undefined)
  }
}

function runApt(args: string[], { cwd, interruptible, signal, report }: Call): Promise<AptResult> {
  const child = spawn('apt-get', args, {
    detached: true,
    ...(cwd ? { cwd } : {}),
    // The output is parsed, so it must be English.
    env: { ...withSystemPath(), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const interrupt = (): void => {
    if (interruptible) child.kill('SIGINT')
    else report('Stopping when dpkg has finished, in a few seconds: it must not be interrupted')
  }
  signal?.addEventListener('abort', interrupt, { once: true })
  return new Promise<AptResult>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code: code ?? 100, output }))
  }).finally(() => signal?.removeEventListener('abort', interrupt))
}

/**
 * apt-get, called so that nobody's machine is left half done.
 *
 * It runs in a session of its own: Ctrl-C in a terminal goes to every process of the foreground group, and a dpkg that
 * is struck while it unpacks leaves a package that neither works nor goes away. So the signal reaches only us, and we
 * pass it on where it does no harm: while lists or packages are downloaded, once, and then the end of apt-get is
 * waited for. A call that lets dpkg work is never interrupted. It takes seconds, since everything is downloaded by then.
 *
 * A lock that another process holds (unattended-upgrades, mostly after the machine was started) is waited for, as long
 * as it takes, with a line that names the process. apt can wait for dpkg's locks by itself, but not for those of its
 * lists and archives, and could not be ended meanwhile without the question whether dpkg has begun.
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
  /** apt-get ends with 0 or with 100. */
  code: number
  output: string
}

interface Call extends AptOptions {
  cwd?: string
  /** Not where dpkg works. */
  interruptible: boolean
}

/** Between two looks at a lock: each is a start of apt-get, of about half a second on a slow machine. */
const LOCK_LOOK_MS = 2_000

/** Downloads: ends at once when it is told to, with the reason of the signal. */
export const aptDownload = (args: string[], options: AptOptions & { cwd?: string }): Promise<AptResult> =>
  untilUnlocked(args, { ...options, interruptible: true })

/** Installs what was downloaded: told to end, it first brings dpkg's work to its end. */
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
    const line = `Waiting for ${holder}, which holds a lock of apt`
    if (said === line) call.report(`${line}: ${seconds} s so far`, 'progress')
    else call.report(`${line}. Ctrl-C gives up`)
    said = line
    await sleep(LOCK_LOOK_MS, undefined, call.signal ? { signal: call.signal } : {}).catch(() => undefined)
  }
}

function runApt(args: string[], { cwd, interruptible, signal, report }: Call): Promise<AptResult> {
  const child = spawn('apt-get', args, {
    detached: true,
    ...(cwd ? { cwd } : {}),
    // Its words are read: they must be English.
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
    else report('Ending when dpkg is done, in a few seconds: it must not be interrupted')
  }
  signal?.addEventListener('abort', interrupt, { once: true })
  return new Promise<AptResult>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code: code ?? 100, output }))
  }).finally(() => signal?.removeEventListener('abort', interrupt))
}

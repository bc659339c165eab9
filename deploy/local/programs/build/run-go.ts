import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { buildEnv } from './build-flags.ts'

/** Compilers end what they are at, and the temporary folder is removed. */
const GRACE_MS = 10_000
/** Of what it said last: the errors of a build come at its end. */
const LAST_LINES = 30

export interface GoOptions {
  cwd: string
  signal: AbortSignal
  /** What it writes about its work, line by line. */
  onLine(line: string): void
}

/** Runs the go command; resolves with what it prints. On abort it and its compilers are ended, and then it rejects. */
export async function runGo(args: readonly string[], { cwd, signal, onLine }: GoOptions): Promise<string> {
  signal.throwIfAborted()
  // A process group of its own: an interrupt in the terminal is for us, who pass it on and wait.
  const child = spawn('go', args, { cwd, env: buildEnv(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const tell = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has ended by itself.
    }
  }
  let kill: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    // The one signal at which go cleans up.
    tell('SIGINT')
    kill = setTimeout(() => tell('SIGKILL'), GRACE_MS)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  const lastLines: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES) lastLines.shift()
    onLine(line)
  })
  try {
    const [code] = await ended
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`\`go ${args[0]}\` failed in ${cwd}:\n${lastLines.join('\n')}`)
    return output
  } finally {
    clearTimeout(kill)
    signal.removeEventListener('abort', onAbort)
  }
}

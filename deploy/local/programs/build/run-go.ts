import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { buildEnv } from './build-flags.ts'

/** For compilers to stop and remove their temporary folder. */
const GRACE_MS = 10_000
/** Lines of the output to keep: the errors of a build come at its end. */
const LAST_LINES = 30

export interface GoOptions {
  cwd: string
  signal: AbortSignal
  /** Receives each line of its progress output. */
  onLine(line: string): void
}

/** Runs the go command and resolves with its output. On abort it ends go and its compilers, then rejects. */
export async function runGo(args: readonly string[], { cwd, signal, onLine }: GoOptions): Promise<string> {
  signal.throwIfAborted()
  // In its own process group: an interrupt in the terminal reaches only this process, which passes it on and waits.
  const child = spawn('go', args, { cwd, env: buildEnv(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const signalGroup = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has already ended.
    }
  }
  let kill: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    // The only signal after which go cleans up.
    signalGroup('SIGINT')
    kill = setTimeout(() => signalGroup('SIGKILL'), GRACE_MS)
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

import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { StackError } from './stack-error.ts'

export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  /** File that becomes its standard input. */
  input?: string
  signal?: AbortSignal | undefined
}

/** Lines of its last words that are worth telling when a command fails. */
const LAST_LINES = 15

/** Runs a command to its end. StackError with its last lines when it fails. */
export async function runCommand(file: string, args: string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(file, args, {
    stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  })
  if (options.input && child.stdin) createReadStream(options.input).pipe(child.stdin)
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err = `${err}${text}`.slice(-20_000)
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('close', resolve)
  const code = await promise
  if (code === 0) return out
  const told = lastLines(err || out, LAST_LINES)
  throw new StackError(`"${[file, ...args].join(' ')}" ended with ${code ?? 'a signal'}:\n${told}`)
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

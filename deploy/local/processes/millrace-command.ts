import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { withSystemPath } from '../environment/system-path.ts'
import { withoutProxyForLoopback } from '../environment/without-proxy.ts'

export const root = join(import.meta.dirname, '../../..')

const node = ['--disable-warning=ExperimentalWarning']
/** Arguments of node in front of a command of an installation. */
export const millrace = [...node, join(root, 'src/server/main.ts')]
/** The same for a command of the local stack. */
export const local = [...node, join(root, 'deploy/local/main.ts')]

/** Runs a command of Millrace to its end. On abort it ends the command, waits for it, and throws the reason. */
export async function runMillrace(
  args: string[],
  options: { env: Record<string, string>; onLine?(line: string): void; signal: AbortSignal },
): Promise<{ code: number | null; complaint: string }> {
  const { signal } = options
  signal.throwIfAborted()
  const child = spawn(process.execPath, [...millrace, ...args], {
    env: withoutProxyForLoopback(withSystemPath({ ...process.env, ...options.env })),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => void child.kill()
  signal.addEventListener('abort', end)
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  createInterface(child.stdout).on('line', options.onLine ?? (() => undefined))
  const [code] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  return { code, complaint: complaint.trim() }
}

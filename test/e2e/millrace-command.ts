import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../root.ts'

export interface Ended {
  code: number | null
  /** Of stdout and stderr. */
  output: string
}

/** Runs a command of Millrace to its end: `millrace replay`, `millrace promote` and so on. */
export function runMillrace(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const main = join(root, 'src/server/main.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

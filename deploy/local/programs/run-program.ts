import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Program } from './program.ts'

/** Runs a program to its end. Throws with its output if the exit code is not 0. */
export async function runProgram(
  { binary, argv0 }: Program,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const child = spawn(binary, args, { argv0, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${argv0} ${args.join(' ')} failed:\n${output.trim()}`)
}

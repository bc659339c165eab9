import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const file = join(import.meta.dirname, '../../src/lib/shutdown-signal.ts')
const program = `
  import { keepAlive, untilShutdownSignal } from ${JSON.stringify(file)}
  const received = keepAlive(untilShutdownSignal())
  setTimeout(() => console.log('waiting'), 300)
  console.log(await received)
`

it.each(['SIGINT', 'SIGTERM'] as const)(
  'a process that waits for a shutdown signal stays until %s, and then exits by itself',
  async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
      // Without keepAlive the process would have exited before it printed this.
      if (output === 'waiting\n') setTimeout(() => child.kill(signal), 300)
    })
    const [code] = await once(child, 'exit')
    expect({ output, code }).toEqual({ output: `waiting\n${signal}\n`, code: 0 })
  },
)

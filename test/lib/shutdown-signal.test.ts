import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const file = join(import.meta.dirname, '../../src/lib/shutdown-signal.ts')
const program = `
  import { setTimeout as sleep } from 'node:timers/promises'
  import { ShutdownRequested, shutdownSignal } from ${JSON.stringify(file)}
  const shutdown = shutdownSignal(() => console.log('again'))
  console.log('works')
  try {
    await sleep(60_000, undefined, { signal: shutdown })
  } catch {
    console.log(shutdown.reason instanceof ShutdownRequested, shutdown.reason.message)
    // Its clean-up, during which a second signal arrives.
    await new Promise((resolve) => process.stdin.once('data', resolve))
    process.exit(shutdown.reason.exitCode)
  }
`

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s aborts the work, a second one does not interrupt the clean-up, and the exit code is %i',
  async (signal, code) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program])
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    await expect.poll(() => output).toBe('works\n')
    child.kill(signal)
    await expect.poll(() => output).toContain(`true stopped by ${signal}\n`)
    child.kill(signal)
    await expect.poll(() => output).toContain('again\n')
    child.stdin.write('done\n')
    expect(await once(child, 'exit')).toEqual([code, null])
  },
)

it('a closed terminal does not end the process: output to it is lost', async () => {
  const writing = `
    import { shutdownSignal } from ${JSON.stringify(file)}
    shutdownSignal(() => undefined)
    process.stdin.once('data', () => {
      for (let i = 0; i < 100; i += 1) console.log('to nobody')
      setTimeout(() => process.exit(7), 200)
    })
    console.log('works')
  `
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', writing])
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stdin.write('go\n')
  expect(await once(child, 'exit')).toEqual([7, null])
})

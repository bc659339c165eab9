import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { runHome } from '../../../deploy/local/layout.ts'
import { holdStack, isHeld, type Work, whenHeld } from '../../../deploy/local/ownership/lock.ts'
import { takeStack } from '../../take-stack.ts'

const { layout, release } = await takeStack('lock', { report: () => undefined })
const others: ChildProcess[] = []
afterEach(() => {
  for (const child of others.splice(0)) child.kill('SIGKILL')
})
afterAll(release)

const options = (lines: string[] = [], signal = new AbortController().signal) => ({
  report: (line: string) => void lines.push(line),
  signal,
})

/** A process that holds the lock, and releases it after input on stdin or before it ends on SIGTERM. */
async function other(doing: Work['doing'], stateDir = layout.stateDir): Promise<ChildProcess> {
  const program = `
    import { holdStack } from ${JSON.stringify(join(import.meta.dirname, '../../../deploy/local/ownership/lock.ts'))}
    const layout = ${JSON.stringify({ ...layout, stateDir })}
    const release = await holdStack(layout, '${doing}', { report() {}, signal: new AbortController().signal })
    process.stdin.once('data', () => release())
    process.once('SIGTERM', () => { console.log('ends'); release(); process.exit() })
    console.log('has it')
  `
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', program]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  others.push(child)
  await once(child.stdout, 'data')
  return child
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

it('a start fails with the pid of the start that holds the lock', async () => {
  const child = await other('starting')
  await expect(holdStack(layout, 'starting', options())).rejects.toThrow(
    `Process ${child.pid} is already starting this stack: wait for it, or stop it with \`npm run stop\``,
  )
  expect(isRunning(child)).toBe(true)
  expect(isHeld(layout)).toBe(true)
})

it('a stop ends a running start, says so, and then holds the lock', async () => {
  const child = await other('starting')
  const lines: string[] = []
  const give = await holdStack(layout, 'stopping', options(lines))
  expect(isRunning(child)).toBe(false)
  expect(lines[0]).toBe(`Ending process ${child.pid}, which is starting stack ${layout.index} ...`)
  give()
})

it('a start waits for a stop, and continues when the lock is released, though its process runs on', async () => {
  const child = await other('stopping')
  const lines: string[] = []
  let had = false
  const having = holdStack(layout, 'starting', options(lines)).then((give) => {
    had = true
    return give
  })
  await expect.poll(() => lines).toHaveLength(1)
  expect(had).toBe(false)
  child.stdin?.write('done\n')
  const give = await having
  expect(isRunning(child)).toBe(true)
  give()
})

it('an abort ends the waiting', async () => {
  await other('stopping')
  const controller = new AbortController()
  const lines: string[] = []
  const waiting = holdStack(layout, 'starting', options(lines, controller.signal))
  waiting.catch(() => undefined)
  await expect.poll(() => lines).toHaveLength(1)
  controller.abort()
  await expect(waiting).rejects.toThrow(/abort/)
})

it.each(['starting', 'stopping'] as const)(
  'a process that is %s it with another state folder is neither waited for nor ended',
  async (doing) => {
    const child = await other(doing, `${layout.stateDir}-of-somebody-else`)
    for (const mine of ['starting', 'stopping'] as const)
      await expect(holdStack(layout, mine, options())).rejects.toThrow(
        `is ${doing} stack ${layout.index} with another state folder, ${layout.stateDir}-of-somebody-else. \`MILLRACE_STACK=`,
      )
    expect(isRunning(child)).toBe(true)
  },
)

it('a killed process holds no lock and leaves nothing behind', async () => {
  const child = await other('starting')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const give = await holdStack(layout, 'starting', options())
  give()
  expect(existsSync(join(runHome(), String(layout.index), 'lock'))).toBe(false)
})

it('a process may hold the lock several times, until the last release', async () => {
  const outer = await holdStack(layout, 'starting', options())
  const inner = await holdStack(layout, 'stopping', options())
  inner()
  inner()
  expect(isHeld(layout)).toBe(true)
  outer()
  expect(isHeld(layout)).toBe(false)
  const [one, two] = [
    await holdStack(layout, 'starting', options()),
    await holdStack(layout, 'starting', options()),
  ]
  one()
  expect(isHeld(layout)).toBe(true)
  two()
  expect(isHeld(layout)).toBe(false)
})

it.each([
  ['starting', 'starting', true, 'refuse'],
  ['starting', 'stopping', true, 'wait'],
  ['stopping', 'starting', true, 'end'],
  ['stopping', 'stopping', true, 'wait'],
  ['starting', 'stopping', false, 'refuse'],
  ['stopping', 'starting', false, 'refuse'],
] as const)('%s while another process is %s it, same folder %s: %s', (doing, otherDoes, same, expected) => {
  expect(whenHeld(doing, otherDoes, same)).toBe(expected)
})

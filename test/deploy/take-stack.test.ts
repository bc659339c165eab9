import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { layoutOf } from '../../deploy/local/layout.ts'
import { holdStack } from '../../deploy/local/ownership/lock.ts'
import { disown, own } from '../../deploy/local/ownership/owner.ts'
import { isRunning, readProcess } from '../../deploy/local/processes/process-id.ts'
import { pidFileOf } from '../../deploy/local/processes/running-components.ts'
import { clearAbandoned, takeStack } from '../take-stack.ts'

/** Below the numbers of other tests, and above those of users. */
const numbers = [64, 65]
const lines: string[] = []
const options = { numbers, report: (line: string) => void lines.push(line) }
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await clearAbandoned(options)
  lines.length = 0
})

interface OtherRun {
  child: ChildProcess
  index: number
  part: number
  stateDir: string
}

/** Another test run with a running component of its stack. It prints the number that it took. */
async function otherRun(): Promise<OtherRun> {
  const root = join(import.meta.dirname, '../..')
  const program = `
    import { spawn } from 'node:child_process'
    import { mkdirSync } from 'node:fs'
    import { takeStack } from ${JSON.stringify(join(root, 'test/take-stack.ts'))}
    import { own } from ${JSON.stringify(join(root, 'deploy/local/ownership/owner.ts'))}
    import { pidFileOf } from ${JSON.stringify(join(root, 'deploy/local/processes/running-components.ts'))}
    import { recordProcess } from ${JSON.stringify(join(root, 'deploy/local/processes/process-id.ts'))}
    const { layout, release } = await takeStack('other', { numbers: ${JSON.stringify(numbers)}, report() {} })
    own(layout, 'detached')
    mkdirSync(layout.stateDir + '/pids', { recursive: true })
    const part = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
    recordProcess(pidFileOf(layout.stateDir, 'etcd'), part.pid)
    process.stdin.once('data', async () => { await release(); process.exit() })
    console.log(JSON.stringify({ index: layout.index, part: part.pid, stateDir: layout.stateDir }))
  `
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', program]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ...JSON.parse(String(text)) }
}

it('two concurrent runs have their own numbers and folders', async () => {
  const [one, two] = await Promise.all([otherRun(), otherRun()])
  expect([one.index, two.index].sort()).toEqual(numbers)
  expect([one.part, two.part].filter(isRunning)).toHaveLength(2)
  expect(new Set([one.stateDir, two.stateDir]).size).toBe(2)
})

it('reports that all numbers are taken, and waits for one', async () => {
  const [one] = await Promise.all([otherRun(), otherRun()])
  const taking = takeStack('late', options)
  await expect.poll(() => lines).toEqual(['All numbers of test stacks, 64 to 65, are taken: waiting for one'])
  one.child.stdin?.write('done\n')
  const { layout, release } = await taking
  expect(layout.index).toBe(one.index)
  expect(existsSync(one.stateDir)).toBe(false)
  await release()
})

it('a run removes what killed runs left behind, whatever number it takes', async () => {
  const [one, two] = await Promise.all([otherRun(), otherRun()])
  for (const { child } of [one, two]) child.kill('SIGKILL')
  await Promise.all([one, two].map(({ child }) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  expect([one.part, two.part].filter(isRunning)).toHaveLength(2)
  const { layout, release } = await takeStack('next', options)
  expect(layout.index).toBe(64)
  expect([one.part, two.part].filter(isRunning)).toEqual([])
  expect([one.stateDir, two.stateDir].filter((folder) => existsSync(folder))).toEqual([])
  await release()
})

it('an interrupted run is cleaned up by another process after it has ended', async () => {
  const { child, stateDir, part } = await otherRun()
  const start = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? ''
  const script = join(import.meta.dirname, '../clear-abandoned.ts')
  const args = [
    '--disable-warning=ExperimentalWarning',
    script,
    String(child.pid),
    start,
    ...numbers.map(String),
  ]
  const clearing = spawn(process.execPath, args, { stdio: 'ignore' })
  children.push(clearing)
  const ended = once(clearing, 'exit')
  child.kill('SIGINT')
  expect(await ended).toEqual([0, null])
  expect(isRunning(part)).toBe(false)
  expect(existsSync(stateDir)).toBe(false)
})

it('a run does not touch another running one', async () => {
  const other = await otherRun()
  const { layout, release } = await takeStack('next', options)
  expect(layout.index).not.toBe(other.index)
  await release()
  expect(isRunning(other.part)).toBe(true)
  expect(readProcess(pidFileOf(other.stateDir, 'etcd'))).toMatchObject({ pid: other.part })
})

it('a number that a user uses or is just starting is not taken', async () => {
  const other = await otherRun()
  const [free = 0] = numbers.filter((index) => index !== other.index)
  const persons = layoutOf(`stack-${free}`, free, other.stateDir)
  const signal = AbortSignal.timeout(300)
  own(persons, 'detached')
  await expect(takeStack('next', { ...options, signal })).rejects.toThrow(/abort/)
  disown(persons)
  const starting = { report: () => undefined, signal: new AbortController().signal }
  const give = await holdStack(persons, 'starting', starting)
  await expect(takeStack('next', { ...options, signal: AbortSignal.timeout(300) })).rejects.toThrow(/abort/)
  give()
  await (await takeStack('next', options)).release()
})

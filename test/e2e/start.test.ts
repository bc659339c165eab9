import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { localUrl } from '../../deploy/local/layout.ts'
import { pidsWhere } from '../../deploy/local/processes/kill.ts'
import { isRunning } from '../../deploy/local/processes/process-id.ts'
import { root } from '../root.ts'
import { takeStack } from '../take-stack.ts'
import { until } from '../until.ts'
import { startRun } from './api.ts'

/** A stack of its own beside those of the other tests and of people. */
const { layout, release } = await takeStack('start')
const home = mkdtempSync(join(tmpdir(), 'millrace-start-'))
const api = localUrl(layout.ports.api)

interface Ended {
  code: number | null
  output: string
}

/** Runs a command of the local stack. `onOutput` may send it a signal. */
function millrace(
  args: string[],
  onOutput: (output: string, kill: (signal?: NodeJS.Signals) => void) => void = () => undefined,
  settings: Record<string, string> = {},
): Promise<Ended> {
  const env = { ...process.env, MILLRACE_STACK: String(layout.index), XDG_STATE_HOME: home, ...settings }
  const child = spawn(process.execPath, [join(root, 'deploy/local/main.ts'), ...args], { env })
  let output = ''
  const take = (chunk: Buffer): void => {
    output += chunk
    onOutput(output, (signal = 'SIGINT') => void child.kill(signal))
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output })))
}

/** Every process of this stack has the state folder in its environment. */
const processesOfStack = (): number[] =>
  pidsWhere((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home)).filter(isRunning)

const isUp = async (): Promise<boolean> => (await fetch(`${api}/readyz`).catch(() => undefined))?.ok ?? false

afterAll(async () => {
  await millrace(['stop'])
  rmSync(home, { recursive: true, force: true })
  await release()
})

it('start --detach starts every process, runs the example to its end, prints the addresses and returns', async () => {
  const { code, output } = await millrace(['start', '--detach'])
  expect(code, output).toBe(0)
  expect(output).toMatch(/✔ load +Succeeded/)
  for (const address of ['API  ', 'OpenAPI reader', 'Temporal Web UI', 'run in Web UI'])
    expect(output).toContain(address)
  expect(await isUp()).toBe(true)
})

it('a second start finds the stack running and leaves it running', async () => {
  const { code, output } = await millrace(['start', '--no-demo'])
  expect(code, output).toBe(0)
  expect(output).toContain('keeps running, as before')
  expect(await isUp()).toBe(true)
})

it('a start or stop with another state folder leaves the stack running, and says how to stop it', async () => {
  const other = mkdtempSync(join(tmpdir(), 'millrace-other-'))
  for (const command of ['start', 'stop']) {
    const { code, output } = await millrace([command], undefined, { XDG_STATE_HOME: other })
    expect(code, output).toBe(1)
    expect(output).toContain(`XDG_STATE_HOME=${home} npm run stop`)
  }
  rmSync(other, { recursive: true, force: true })
  expect(await isUp()).toBe(true)
})

it('stop ends the stack, and so does Ctrl-C in an attached start', async () => {
  expect((await millrace(['stop'])).code).toBe(0)
  expect(await isUp()).toBe(false)
  let interrupted = false
  const { code, output } = await millrace(['start', '--no-demo'], (soFar, kill) => {
    if (interrupted || !soFar.includes('Ctrl-C stops')) return
    interrupted = true
    // A start that did not stay attached would have exited before.
    void until('the stack is up', isUp).then(() => kill())
  })
  expect(output).toMatch(/Stopping: done/)
  expect(code).toBe(0)
  expect(await isUp()).toBe(false)
})

it.each([
  ['the CRDs are installed', 'Installing the CRDs'],
  ['worker and API start', 'Starting the API'],
  ['open runs are taken over', 'Starting the worker: done'],
  ['the example runs', 'Posting examples/diamond.yaml'],
])('SIGTERM while %s stops every process that was started', async (_, line) => {
  let isSent = false
  const { code, output } = await millrace(['start'], (soFar, kill) => {
    if (isSent || !soFar.includes(line)) return
    isSent = true
    kill('SIGTERM')
  })
  expect(code, output).toBe(143)
  expect(output).toMatch(/Stopping: done/)
  expect(await isUp()).toBe(false)
  expect(processesOfStack()).toEqual([])
})

it('a start with other code takes over the open runs, and a start beside a worker of older code says so', async () => {
  const args = ['start', '--no-demo', '--detach']
  const as = (build: string): Promise<Ended> => millrace(args, undefined, { MILLRACE_BUILD: build })
  expect((await as('one')).output).toContain('Build one is current')
  const id = await startRun(
    `
apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: open }
spec: { flows: [{ name: a, jobTemplateRef: not-yet }] }
`,
    'default',
    api,
  )
  await until('it waits', async () => {
    const run = await (await fetch(`${api}/v1/runs/${id}`)).text()
    return run.includes('not-yet')
  })
  const beside = await as('two')
  expect(beside.code, beside.output).toBe(0)
  expect(beside.output).toContain('The running worker has other code (build one, this checkout is two)')
  expect((await millrace(['stop'])).code).toBe(0)
  const { code, output } = await as('two')
  expect(code, output).toBe(0)
  expect(output).toContain('1 open runs replay with this code.')
  expect(output).toContain(
    'Build two is current: all runs are routed to it. To roll back: millrace promote one',
  )
  expect((await millrace(['stop'])).code).toBe(0)
})

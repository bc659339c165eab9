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

/** A stack of its own beside the one that the tests use, and beside whatever a person has started. */
const { layout, release } = await takeStack('start')
const home = mkdtempSync(join(tmpdir(), 'millrace-start-'))
const api = localUrl(layout.ports.api)

interface Ended {
  code: number | null
  output: string
}

/** Runs a command of ours; `onOutput` may send it a signal. */
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

/** Whatever runs for this stack has its home in its environment. */
const processesOfIt = (): number[] =>
  pidsWhere((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home)).filter(isRunning)

const isUp = async (): Promise<boolean> => (await fetch(`${api}/readyz`).catch(() => undefined))?.ok ?? false

afterAll(async () => {
  await millrace(['stop'])
  rmSync(home, { recursive: true, force: true })
  await release()
})

it('start brings up everything, runs the example to its end, prints the addresses and returns when detached', async () => {
  const { code, output } = await millrace(['start', '--detach'])
  expect(code, output).toBe(0)
  expect(output).toMatch(/✔ load +Succeeded/)
  for (const address of ['API  ', 'OpenAPI reader', 'Temporal Web UI', 'this run in it'])
    expect(output).toContain(address)
  expect(await isUp()).toBe(true)
})

it('a second start finds it running, and leaves it so', async () => {
  const { code, output } = await millrace(['start', '--no-demo'])
  expect(code, output).toBe(0)
  expect(output).toContain('as it did before')
  expect(await isUp()).toBe(true)
})

it('a start or stop with another state folder leaves it alone, and says where it is', async () => {
  const other = mkdtempSync(join(tmpdir(), 'millrace-other-'))
  for (const command of ['start', 'stop']) {
    const { code, output } = await millrace([command], undefined, { XDG_STATE_HOME: other })
    expect(code, output).toBe(1)
    expect(output).toContain(`XDG_STATE_HOME=${home} npm run stop`)
  }
  rmSync(other, { recursive: true, force: true })
  expect(await isUp()).toBe(true)
})

it('stop ends it, and Ctrl-C ends a start that stayed', async () => {
  expect((await millrace(['stop'])).code).toBe(0)
  expect(await isUp()).toBe(false)
  let interrupted = false
  const { code, output } = await millrace(['start', '--no-demo'], (soFar, kill) => {
    if (interrupted || !soFar.includes('Ctrl-C stops')) return
    interrupted = true
    // A start that did not stay would have ended by itself before.
    void until('it stays', isUp).then(() => kill())
  })
  expect(output).toMatch(/Stopping: done/)
  expect(code).toBe(0)
  expect(await isUp()).toBe(false)
})

it.each([
  ['the CRDs are installed', 'Installing the CRDs'],
  ['worker and API start', 'Starting the API'],
  ['runs are taken over', 'Starting the worker: done'],
  ['the example runs', 'Posting examples/diamond.yaml'],
])('SIGTERM while %s stops all that was started', async (_, said) => {
  let told = false
  const { code, output } = await millrace(['start'], (soFar, kill) => {
    if (told || !soFar.includes(said)) return
    told = true
    kill('SIGTERM')
  })
  expect(code, output).toBe(143)
  expect(output).toMatch(/Stopping: done/)
  expect(await isUp()).toBe(false)
  expect(processesOfIt()).toEqual([])
})

it('a start with other code has the runs that are open go on with it, and one beside running older code says so', async () => {
  const quiet = ['start', '--no-demo', '--detach']
  const as = (build: string): Promise<Ended> => millrace(quiet, undefined, { MILLRACE_BUILD: build })
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
  expect(beside.output).toContain('The worker that runs already is of other code (build one, this is two)')
  expect((await millrace(['stop'])).code).toBe(0)
  const { code, output } = await as('two')
  expect(code, output).toBe(0)
  expect(output).toContain('1 open runs replay with this code.')
  expect(output).toContain('Build two is current: all runs go on with it. The way back: millrace promote one')
  expect((await millrace(['stop'])).code).toBe(0)
})

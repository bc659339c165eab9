import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { layoutOf, localUrl } from '../../deploy/local/layout.ts'
import { root, until } from './world.ts'

/** A stack of its own beside the one that the tests use, and beside whatever a person has started. */
const INDEX = 91
const home = mkdtempSync(join(tmpdir(), 'millrace-start-'))
const api = localUrl(layoutOf('', INDEX, '').ports.api)

interface Ended {
  code: number | null
  output: string
}

/** Runs a command of ours; `onOutput` may send it a signal. */
function millrace(
  args: string[],
  onOutput: (output: string, kill: () => void) => void = () => undefined,
): Promise<Ended> {
  const env = { ...process.env, MILLRACE_STACK: String(INDEX), XDG_STATE_HOME: home }
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], { env })
  let output = ''
  const take = (chunk: Buffer): void => {
    output += chunk
    onOutput(output, () => child.kill('SIGINT'))
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output })))
}

const isUp = async (): Promise<boolean> => (await fetch(`${api}/readyz`).catch(() => undefined))?.ok ?? false

afterAll(async () => {
  await millrace(['stop'])
  rmSync(home, { recursive: true, force: true })
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

it('stop ends it, and Ctrl-C ends a start that stayed', async () => {
  expect((await millrace(['stop'])).code).toBe(0)
  expect(await isUp()).toBe(false)
  let interrupted = false
  const { code, output } = await millrace(['start', '--no-demo'], (soFar, kill) => {
    if (interrupted || !soFar.includes('Ctrl-C stops')) return
    interrupted = true
    // A start that did not stay would have ended by itself before.
    void until('it stays', isUp).then(kill)
  })
  expect(output).toMatch(/Stopping: done/)
  expect(code).toBe(0)
  expect(await isUp()).toBe(false)
})

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Component } from '../../deploy/local/component.ts'
import { layoutOf, localUrl } from '../../deploy/local/layout.ts'
import { installInto, millraceParts } from '../../deploy/local/millrace.ts'
import { startStack, stopStack } from '../../deploy/local/stack.ts'
import type { RunSummary } from '../../src/operations/ports.ts'
import type { RunStatus } from '../../workflows/status.ts'
import { testSettings } from '../processes.ts'
import { root, until } from './world.ts'

/** A stack of its own: everything goes down here, and others are at work on the stack of the other tests. */
const layout = layoutOf('outage', 92, mkdtempSync(join(tmpdir(), 'millrace-outage-')))
const api = localUrl(layout.ports.api)

let worker: Component

async function up(): Promise<void> {
  const stack = await startStack({ layout, report: () => undefined })
  installInto(stack)
  const parts = millraceParts(stack, testSettings)
  worker = parts.worker
  await Promise.all([parts.worker.start(), parts.api.start()])
}

beforeAll(up)
afterAll(async () => {
  await stopStack(layout, { forget: true })
  rmSync(layout.stateDir, { recursive: true, force: true })
})

const EVERY_S = 30
/** For everything to be down before it is time. */
const ENOUGH_MS = 10_000

it('a fire missed while everything was down happens once when it is back', async () => {
  const step = EVERY_S * 1_000
  // There is one time left before it expires, and that one must be far enough ahead.
  const left = (): number => step - (Date.now() % step)
  if (left() < ENOUGH_MS) await sleep(left() + 1)
  const due = Date.now() + left()
  const expire = new Date(due + 1_000).toISOString().slice(0, 19).replace('T', ' ')
  const answer = await fetch(`${api}/v1/manifests`, {
    method: 'POST',
    body: `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: nightly }
spec:
  batchJob: { input: { elasticSearch: { a: "1" } }, outputs: [] }
  strategy: { expire: "${expire}", cronExpression: "@every ${EVERY_S}s" }
`,
  })
  expect(answer.status, await answer.text()).toBe(200)
  await stopStack(layout)
  expect(Date.now(), 'everything is down in time').toBeLessThan(due)
  // Nothing can tell when it is late enough but the clock.
  await sleep(due + 1_500 - Date.now())
  await up()
  const runs = async (): Promise<RunSummary[]> => {
    const list = await fetch(`${api}/v1/runs?definition=nightly`)
    return list.ok ? ((await list.json()) as { runs: RunSummary[] }).runs : []
  }
  await until('its run', async () => (await runs()).some(({ endedAt }) => endedAt !== undefined))
  expect(await runs()).toMatchObject([{ trigger: 'schedule', phase: 'Succeeded' }])
  const schedule = await fetch(`${api}/v1/schedules/default/nightly`)
  expect(await schedule.json()).toMatchObject({
    phase: 'Expired',
    missedFires: 0,
    recentFires: [{ scheduledAt: new Date(due).toISOString() }],
  })
})

/** Of a recovery: the start of the new worker is in it. */
const RECOVERY_MS = 15_000

it('a worker that dies between taking an attempt and making its Job costs seconds, not its timeout', async () => {
  await worker.stop('SIGKILL')
  const address = `127.0.0.1:${layout.ports.temporal}`
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'test/e2e/hanging-worker.ts'), address]
  const hanging = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const taken = new Promise((resolve) => hanging.stdout.once('data', resolve))
  const answer = await fetch(`${api}/v1/manifests`, {
    method: 'POST',
    body: `
apiVersion: api.practice.com/v1alpha1
kind: Task
metadata: { name: forgotten }
spec: { steps: [{ name: one, image: "busybox:1.28", command: ["true"] }] }
`,
  })
  const { results } = (await answer.json()) as { results: { runId: string }[] }
  await taken
  hanging.kill('SIGKILL')
  const diedAt = Date.now()
  await worker.start()
  const run = async (): Promise<RunStatus> =>
    (await (await fetch(`${api}/v1/runs/${results[0]?.runId}`)).json()) as RunStatus
  await until('it ends', async () => (await run()).endedAt !== undefined)
  expect(await run()).toMatchObject({ phase: 'Succeeded', nodes: [{ attempts: [{ number: 1 }] }] })
  // Beside the recovery itself: a container that starts and ends.
  expect(Date.now() - diedAt).toBeLessThan(RECOVERY_MS + 5_000)
})

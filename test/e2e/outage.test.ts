import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import { installInto, millraceComponents } from '../../deploy/local/processes/millrace-components.ts'
import { patience } from '../../deploy/local/slowness.ts'
import { startStack, stopStack } from '../../deploy/local/stack.ts'
import { createKube, type Kube } from '../../src/kubernetes/client/client.ts'
import { loadKubeConfig } from '../../src/kubernetes/client/config.ts'
import type { RunSummary } from '../../src/operations/ports/runs.ts'
import { testSettings } from '../processes.ts'
import { root } from '../root.ts'
import { takeStack } from '../take-stack.ts'
import { until } from '../until.ts'
import { getRun, post, startRun } from './api.ts'

/** A stack of its own, because these tests stop all of it. */
const { layout, release } = await takeStack('outage')
const api = localUrl(layout.ports.api)

let worker: Component
let temporal: Component[]
let kube: Kube

async function up(): Promise<void> {
  const stack = await startStack({ layout, report: () => undefined })
  await installInto(stack)
  const parts = millraceComponents(stack, testSettings)
  worker = parts.worker
  temporal = stack.components.filter(({ name }) => name.startsWith('temporal'))
  await kube?.close()
  kube = createKube(loadKubeConfig({ kubeconfig: stack.kubeconfig, context: stack.context }))
  await Promise.all([parts.worker.start(), parts.api.start()])
}

beforeAll(up)
afterAll(async () => {
  await kube?.close()
  await release()
})

const EVERY_S = 30
/** For storing a Pipeline and killing two processes before the fire is due. */
const ENOUGH_MS = 12_000

it('a fire that was missed while every process was down happens once after the restart', async () => {
  const step = EVERY_S * 1_000
  // One fire is left before the schedule expires, and it must be far enough ahead.
  const left = (): number => step - (Date.now() % step)
  if (left() < ENOUGH_MS) await sleep(left() + 1)
  const due = Date.now() + left()
  const expire = new Date(due + 1_000).toISOString().slice(0, 19).replace('T', ' ')
  const { status, body } = await post(
    `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: nightly }
spec:
  batchJob: { input: { elasticSearch: { a: "1" } }, outputs: [] }
  strategy: { expire: "${expire}", cronExpression: "@every ${EVERY_S}s" }
`,
    'default',
    '',
    api,
  )
  expect(status, JSON.stringify(body)).toBe(200)
  // Without Temporal and worker nothing can fire, however long the rest takes to stop.
  expect(temporal).not.toEqual([])
  await Promise.all([worker, ...temporal].map((part) => part.stop('SIGKILL')))
  expect(Date.now(), 'Temporal and worker are down before the fire is due').toBeLessThan(due)
  await stopStack(layout)
  // The fire is missed only by the clock, so there is nothing to poll.
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

/** After a worker is ready, an attempt is overdue after 6 s, found within 2.5 s and retried after 1 s. */
const FOUND_AFTER_MS = 9_500
/** For creating the Job. Without the check, the attempt's own timeout would take minutes. */
const MADE_WITHIN_MS = 10_000

it('the death of a worker between accepting an attempt and creating its Job costs seconds, not the timeout', async () => {
  await worker.stop('SIGKILL')
  const address = `127.0.0.1:${layout.ports.temporal}`
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'test/e2e/hanging-worker.ts'), address]
  const hanging = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const accepted = new Promise((resolve) => hanging.stdout.once('data', resolve))
  const id = await startRun(
    `
apiVersion: api.practice.com/v1alpha1
kind: Task
metadata: { name: forgotten }
spec: { steps: [{ name: one, image: "busybox:1.28", command: ["true"] }] }
`,
    'default',
    api,
  )
  await accepted
  hanging.kill('SIGKILL')
  await worker.start()
  const readyAt = Date.now()
  await until('it ends', async () => (await getRun(id, api)).endedAt !== undefined)
  const { phase, nodes } = await getRun(id, api)
  expect(phase).toBe('Succeeded')
  expect(nodes[0]?.attempts).toMatchObject([{ number: 1 }])
  const name = nodes[0]?.attempts[0]?.object.name
  const { metadata } = await kube.get(`/apis/batch/v1/namespaces/default/jobs/${name}`)
  const madeAt = Date.parse((metadata as { creationTimestamp: string }).creationTimestamp)
  expect(madeAt - readyAt).toBeLessThan(FOUND_AFTER_MS + patience(MADE_WITHIN_MS))
})

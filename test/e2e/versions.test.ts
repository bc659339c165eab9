import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import {
  installInto,
  millraceComponent,
  millraceComponents,
  millraceEnv,
} from '../../deploy/local/processes/millrace-components.ts'
import { type Stack, startStack } from '../../deploy/local/stack.ts'
import { runId } from '../../src/model/run-id.ts'
import { RUN_WORKFLOW, TASK_QUEUE } from '../../src/model/temporal-names.ts'
import { testSettings } from '../processes.ts'
import { root } from '../root.ts'
import { takeStack } from '../take-stack.ts'
import { until } from '../until.ts'
import { getRun, post, type SubmitResult, startRun } from './api.ts'
import { type Ended, runMillrace } from './millrace-command.ts'

/** A stack of its own, because the current build applies to all runs of a Temporal namespace. */
const { layout, release } = await takeStack('versions')
const api = localUrl(layout.ports.api)

let stack: Stack
let client: Client
/** Workers of two builds. */
let a: Component
let b: Component

beforeAll(async () => {
  stack = await startStack({ layout, report: () => undefined })
  await installInto(stack)
  const parts = millraceComponents(stack, { ...testSettings, MILLRACE_BUILD: 'a' })
  a = parts.worker
  // The port after those of the layout is free.
  const port = Math.max(...Object.values(layout.ports)) + 1
  const settings = {
    ...testSettings,
    MILLRACE_BUILD: 'b',
    MILLRACE_TAKE_OVER_AFTER: '1',
    MILLRACE_WORKER_PORT: String(port),
  }
  b = millraceComponent(stack, { name: 'millrace-worker-b', command: 'worker', port, settings })
  await Promise.all([a.start(), parts.api.start()])
  client = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) })
})
afterAll(async () => {
  await client?.connection.close()
  await b?.stop()
  await release()
})

/** Runs a command of Millrace as code of a build. */
const millrace = (args: string[], build: string): Promise<Ended> =>
  runMillrace(args, { ...process.env, ...millraceEnv(stack), MILLRACE_BUILD: build })

const job = 'template: { spec: { containers: [{ name: main, image: "busybox:1.28", command: ["true"] }] } }'

/** Its first job runs at once, its second one when its template exists. */
const startFlow = (name: string): Promise<string> =>
  startRun(
    `
apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: ${name} }
spec:
  flows:
    - { name: first, jobTemplate: { ${job} } }
    - { name: second, dependencies: [first], jobTemplateRef: ${name}-second }
`,
    'default',
    api,
  )
const storeSecondTemplate = (name: string): Promise<SubmitResult> =>
  post(
    `
apiVersion: api.practice.com/v1alpha1
kind: JobTemplate
metadata: { name: ${name}-second }
spec: { jobTemplate: { ${job} } }
`,
    'default',
    '',
    api,
  )

const untilFirstEnded = (id: string): Promise<void> =>
  until(`the first job of ${id}`, async () => {
    const { nodes } = await getRun(id, api)
    return nodes.some((node) => node.id === 'first' && node.phase === 'Succeeded')
  })
const untilSucceeded = async (id: string): Promise<void> => {
  await until(`the end of ${id}`, async () => (await getRun(id, api)).endedAt !== undefined)
  expect(await getRun(id, api)).toMatchObject({ phase: 'Succeeded' })
}

/** The pids of the workers that decided for a run and ran its activities, in order, from its history. */
async function workedOn(id: string): Promise<{ decided: number[]; ran: number[] }> {
  const { events } = await client.workflow.getHandle(id).fetchHistory()
  const pids = (identities: (string | null | undefined)[]): number[] => [
    ...new Set(identities.filter((one) => one).map((one) => Number.parseInt(one ?? '', 10))),
  ]
  return {
    decided: pids((events ?? []).map((event) => event.workflowTaskCompletedEventAttributes?.identity)),
    ran: pids((events ?? []).map((event) => event.activityTaskStartedEventAttributes?.identity)),
  }
}

const pidOf = (worker: Component): number => worker.process()?.pid ?? 0
const statusOf = (build: string, output: string): string | undefined =>
  output.match(new RegExp(`^${build} +(\\w+(?: \\d+ %)?)`, 'm'))?.[1]

it('the first build gets the runs, and a later build gets none', async () => {
  await until(
    'a is current',
    async () => statusOf('a', (await millrace(['versions'], 'a')).output) === 'current',
  )
  await b.start()
  await until('b is known', async () => {
    const { output } = await millrace(['versions'], 'b')
    return statusOf('b', output) === 'inactive' && /^b .*seen \d+ s ago +this code$/m.test(output)
  })
  const id = await startFlow('under-a')
  await untilFirstEnded(id)
  await storeSecondTemplate('under-a')
  await untilSucceeded(id)
  expect(await workedOn(id)).toEqual({ decided: [pidOf(a)], ran: [pidOf(a)] })
})

it('a promotion moves open and new runs to a build, and promoting the old build moves them back', async () => {
  const open = await startFlow('over')
  await untilFirstEnded(open)
  const promotion = await millrace(['promote'], 'b')
  expect(promotion, promotion.output).toMatchObject({ code: 0 })
  expect(promotion.output).toContain('1 open runs replay with this code.')
  expect(promotion.output).toContain(
    'Build b is current: all runs are routed to it. To roll back: millrace promote a',
  )
  await storeSecondTemplate('over')
  await untilSucceeded(open)
  expect((await workedOn(open)).decided).toEqual([pidOf(a), pidOf(b)])

  const fresh = await startFlow('fresh')
  await untilFirstEnded(fresh)
  expect(await workedOn(fresh)).toEqual({ decided: [pidOf(b)], ran: [pidOf(b)] })
  const back = await millrace(['promote', 'a'], 'b')
  expect(back, back.output).toMatchObject({ code: 0 })
  expect(back.output).toContain('are not replayed: build a is not this code (build b)')
  await storeSecondTemplate('fresh')
  await untilSucceeded(fresh)
  expect((await workedOn(fresh)).decided).toEqual([pidOf(b), pidOf(a)])
})

it('a ramping build gets a share of the runs until the current build is promoted again', async () => {
  const ramp = await millrace(['promote', 'b', '--percentage', '99'], 'b')
  expect(ramp, ramp.output).toMatchObject({ code: 0 })
  expect(statusOf('b', (await millrace(['versions'], 'b')).output)).toBe('ramping 99 %')
  const ids = await Promise.all(['one', 'two', 'three'].map((name) => startFlow(`ramp-${name}`)))
  await Promise.all(ids.map(untilFirstEnded))
  const decided = await Promise.all(ids.map(async (id) => (await workedOn(id)).decided))
  // Temporal routes by a hash of the workflow id, so one run may be in the remaining hundredth.
  expect(decided.flat()).toContain(pidOf(b))
  expect(await millrace(['promote', 'a'], 'a')).toMatchObject({ code: 0 })
  const { output } = await millrace(['versions'], 'a')
  expect([statusOf('a', output), statusOf('b', output)]).toEqual(['current', expect.stringMatching(/^drain/)])
  await Promise.all(['one', 'two', 'three'].map((name) => storeSecondTemplate(`ramp-${name}`)))
  await Promise.all(ids.map(untilSucceeded))
})

it('a build without a worker cannot be promoted', async () => {
  const { code, output } = await millrace(['promote', 'ghost'], 'a')
  expect(code).toBe(1)
  expect(output).toMatch(/no worker of build ghost is running.*\(known: b, a\)/)
})

it('a build with which an open run does not replay is not promoted, and the run is named', async () => {
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'test/e2e/other-worker.ts')]
  const other: ChildProcess = spawn(process.execPath, [...args, stack.temporalAddress, 'other'], {
    stdio: 'ignore',
  })
  try {
    expect(await millrace(['promote', 'other'], 'a')).toMatchObject({ code: 0 })
    const uid = randomUUID()
    const name = 'waits-in-an-activity'
    const task = { apiVersion: 'api.practice.com/v1alpha1', kind: 'Task', namespace: 'default', name, uid }
    const run = { id: runId(task), ...task }
    const options = {
      workflowId: run.id,
      taskQueue: TASK_QUEUE,
      args: [{ run, plan: { nodes: [] }, warnings: [] }],
    }
    const handle = await client.workflow.start(RUN_WORKFLOW, options)
    await until('it waits', async () => ((await handle.describe()).raw.pendingActivities ?? []).length > 0)
    const { code, output } = await millrace(['promote'], 'a')
    expect(code, output).toBe(3)
    expect(output).toContain(`✘ ${run.id}: `)
    expect(output).toContain(
      `nothing was changed: 1 of 1 open runs diverge with this code and would make no progress (${run.id})`,
    )
    expect(statusOf('other', (await millrace(['versions'], 'a')).output)).toBe('current')
    expect(await millrace(['promote', '--no-replay'], 'a')).toMatchObject({ code: 0 })
    await handle.terminate('it cannot go on')
  } finally {
    other.kill()
  }
  const id = await startFlow('after')
  await storeSecondTemplate('after')
  await untilSucceeded(id)
})

it('a build becomes current by itself when the last worker of the current build has stopped', async () => {
  const open = await startFlow('stranded')
  await untilFirstEnded(open)
  await a.stop()
  await storeSecondTemplate('stranded')
  // Temporal considers a worker gone if it has not polled for more than a minute.
  await until('its end', async () => (await getRun(open, api)).endedAt !== undefined, 240_000)
  expect(await getRun(open, api)).toMatchObject({ phase: 'Succeeded' })
  expect((await workedOn(open)).decided).toEqual([expect.any(Number), pidOf(b)])
  expect(statusOf('b', (await millrace(['versions'], 'b')).output)).toBe('current')
})

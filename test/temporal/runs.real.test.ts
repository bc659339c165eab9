import { randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { activityInfo, CompleteAsyncError, heartbeat } from '@temporalio/activity'
import { Client, type Connection } from '@temporalio/client'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import type { Heartbeat } from '../../src/model/messages/heartbeat.ts'
import { runId } from '../../src/model/run-id.ts'
import type { RunStart, Runs } from '../../src/operations/ports/runs.ts'
import { deadlines } from '../../src/temporal/call-temporal.ts'
import { connectTemporal } from '../../src/temporal/connect.ts'
import { registerSearchAttributes } from '../../src/temporal/register-search-attributes.ts'
import { createRuns } from '../../src/temporal/runs/runs.ts'
import { readUntil } from '../until.ts'
import { expectUnavailable, temporalAddress } from './server.ts'

const workflowsPath = fileURLToPath(new URL('./workflows/index.ts', import.meta.url))
const team = `team-${randomBytes(4).toString('hex')}`
const taskQueue = `test-${team}`
const ui = { namespace: 'default', uiUrl: 'http://127.0.0.1:8233', apiUrl: 'http://127.0.0.1:8080' }

function start(name: string, more: Partial<RunStart> = {}): RunStart {
  const uid = randomUUID()
  const run = { apiVersion: 'api.practice.com/v1alpha1', kind: 'JobFlow', namespace: team, name, uid }
  return {
    run: { id: runId(run), ...run },
    plan: { version: 1, format: 'jobflow', kind: 'JobFlow', namespace: team, name, jobs: {}, nodes: [] },
    trigger: 'api',
    warnings: ['a doubt'],
    ...more,
  }
}

/** For a run that waits for nothing. */
const ENDS_WITHIN_MS = patience(60_000)
/** Added to a deadline on busy cores. */
const SLACK_MS = patience(3_000)

describe.skipIf(temporalAddress === undefined)('runs on a Temporal server', () => {
  let connection: Connection
  let runs: Runs
  let client: Client
  let native: NativeConnection
  let worker: Worker | undefined
  let working: Promise<void>
  let workflowBundle: WorkflowBundle

  const startWorker = async (): Promise<void> => {
    worker = await Worker.create({
      connection: native,
      namespace: 'default',
      taskQueue,
      workflowBundle,
      activities: {
        wait: async (job: string) => {
          const facts = { phase: 'Pending', message: 'no node fits', pod: `${job}-x` } as const
          heartbeat({ live: { [job]: facts } } satisfies Heartbeat)
          if (activityInfo().attempt > 0) throw new CompleteAsyncError()
        },
      },
    })
    working = worker.run()
  }
  const stopWorker = async (): Promise<void> => {
    worker?.shutdown()
    await working
    worker = undefined
  }

  /** The status with nodes, for which its worker must answer. */
  const statusWithNodes = ({ run }: RunStart) =>
    readUntil(
      () => runs.get(run.id),
      (status) => status?.nodes.length !== 0,
    )

  beforeAll(async () => {
    // Runs that fail on purpose would fill the log.
    const logger = new DefaultLogger('ERROR')
    Runtime.install({
      logger,
      telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
    })
    connection = connectTemporal({ address: temporalAddress ?? '' })
    await registerSearchAttributes(connection, 'default')
    runs = createRuns({ connection, ...ui, taskQueue })
    client = new Client({ connection })
    native = await NativeConnection.connect({ address: temporalAddress ?? '' })
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger })
    await startWorker()
  }, 60_000)

  afterAll(async () => {
    await stopWorker()
    await native.close()
    await connection.close()
  })

  it('search attributes may be registered again', async () => {
    await registerSearchAttributes(connection, 'default')
  })

  it('a run starts once: a second start reports that it exists, even after its end', async () => {
    const again = start('succeeds')
    expect(await runs.start(again)).toBe('started')
    expect(await runs.start(again)).toBe('exists')
    expect(await runs.ended(again.run.id, ENDS_WITHIN_MS)).toBe(true)
    expect(await runs.start(again)).toBe('exists')
  })

  it('a run has its summary, details, memo and search attributes in the Web UI', async () => {
    const seen = start('lasts', { definition: 'nightly' })
    await runs.start(seen)
    const description = await client.workflow.getHandle(seen.run.id).describe()
    expect(await description.staticSummary()).toBe(`JobFlow ${team}/lasts of nightly: 0 nodes`)
    expect(await description.staticDetails()).toContain('from definition `nightly`')
    expect(description.memo).toEqual({
      object: `JobFlow ${team}/lasts`,
      link: `http://127.0.0.1:8080/v1/runs/${encodeURIComponent(seen.run.id)}`,
    })
    const attributes = description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])
    expect(Object.fromEntries(attributes)).toMatchObject({
      MillraceKind: 'JobFlow',
      MillraceNamespace: team,
      MillraceDefinition: 'nightly',
      MillracePhase: 'Running',
      MillraceTrigger: 'api',
    })
  })

  it('an unknown run, or a workflow that is not a run, is undefined', async () => {
    expect(await runs.get('jobflow.api.practice.com/default/nothing/00000000')).toBeUndefined()
    const workflowId = `foreign-${team}`
    await client.workflow.start('other', { workflowId, taskQueue: 'nobody' })
    expect(await runs.get(workflowId)).toBeUndefined()
    await client.workflow.getHandle(workflowId).terminate()
  })

  it('an open run answers the status query', async () => {
    const open = start('lasts')
    await runs.start(open)
    expect(await statusWithNodes(open)).toMatchObject({
      id: open.run.id,
      phase: 'Running',
      warnings: ['a doubt'],
      nodes: [{ id: 'a', phase: 'Running' }],
      temporalUrl: expect.stringContaining(encodeURIComponent(open.run.id)),
    })
  })

  it('the live facts of a waiting attempt are merged into the status', async () => {
    const waiting = start('waits-in-an-activity')
    await runs.start(waiting)
    const status = await readUntil(
      () => runs.get(waiting.run.id),
      (value) => value?.nodes[0]?.message !== undefined,
    )
    expect(status?.nodes[0]).toMatchObject({
      phase: 'Pending',
      message: 'no node fits',
      attempts: [{ phase: 'Pending', pod: 'waits-in-an-activity-a-x' }],
    })
  })

  it('cancel is true for open and ended runs, and false for an unknown run', async () => {
    const open = start('lasts')
    await runs.start(open)
    expect(await runs.ended(open.run.id, 300)).toBe(false)
    expect(await runs.cancel(open.run.id)).toBe(true)
    expect(await runs.ended(open.run.id, ENDS_WITHIN_MS)).toBe(true)
    expect(await runs.cancel(open.run.id)).toBe(true)
    expect(await statusWithNodes(open)).toMatchObject({ phase: 'Cancelled', nodes: [{ id: 'a' }] })
    expect(await runs.cancel('jobflow.api.practice.com/default/nothing/00000000')).toBe(false)
    expect(await runs.ended('jobflow.api.practice.com/default/nothing/00000000', 300)).toBe(true)
  })

  it('a failure without a status has the message of the failure', async () => {
    const broken = start('breaks')
    await runs.start(broken)
    await runs.ended(broken.run.id, ENDS_WITHIN_MS)
    expect(await runs.get(broken.run.id)).toMatchObject({
      phase: 'Failed',
      message: 'not of our making',
      nodes: [],
    })
  })

  it('a run that was terminated in Temporal is Failed, and its message says so', async () => {
    const cut = start('lasts')
    await runs.start(cut)
    await client.workflow.getHandle(cut.run.id).terminate('by hand')
    const status = await runs.get(cut.run.id)
    expect(status).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('terminated in Temporal'),
    })
    expect(status?.endedAt).toBeDefined()
  })

  describe('a list', () => {
    const kinds = ['JobFlow', 'DaemonJob', 'JobFlow']
    const place = `${team}-list`
    const ids: string[] = []
    const list = (filter: Parameters<Runs['list']>[0], page: Parameters<Runs['list']>[1] = { limit: 50 }) =>
      runs.list({ namespace: place, ...filter }, page)

    beforeAll(async () => {
      for (const kind of kinds) {
        const one = start(kind === 'JobFlow' ? 'succeeds' : 'fails', { definition: "d'or" })
        one.run.kind = kind
        one.run.namespace = place
        one.run.id = runId(one.run)
        await runs.start(one)
        await runs.ended(one.run.id, ENDS_WITHIN_MS)
        ids.unshift(one.run.id)
      }
      await readUntil(
        () => list({}),
        (page) => page.runs.length === 3 && page.runs.every(({ endedAt }) => endedAt !== undefined),
      )
    })

    it('has the newest run first, with every field of a row', async () => {
      const { runs: rows, next } = await list({})
      expect(rows.map(({ id }) => id)).toEqual(ids)
      expect(next).toBeUndefined()
      expect(rows[0]).toMatchObject({
        kind: 'JobFlow',
        namespace: place,
        name: 'succeeds',
        definition: "d'or",
        trigger: 'api',
        phase: 'Succeeded',
        startedAt: expect.stringMatching(/Z$/),
        endedAt: expect.stringMatching(/Z$/),
      })
    })

    it('has pages that do not overlap', async () => {
      const first = await list({}, { limit: 2 })
      const second = await list({}, { limit: 2, cursor: first.next ?? '' })
      expect([...first.runs, ...second.runs].map(({ id }) => id)).toEqual(ids)
    })

    it.each([
      [{ kind: 'DaemonJob' }, 1],
      [{ phase: 'Failed' as const }, 1],
      [{ phase: 'Succeeded' as const }, 2],
      [{ phase: 'Running' as const }, 0],
      [{ phase: 'Pending' as const }, 0],
      [{ phase: 'Cancelled' as const }, 0],
      [{ definition: "d'or" }, 3],
      [{ definition: "x' OR MillraceKind = 'JobFlow" }, 0],
      [{ definition: 'back\\slash"quote' }, 0],
    ])('of %j has %i', async (filter, count) => {
      expect((await list(filter)).runs).toHaveLength(count)
    })

    it('refuses a cursor of another list', async () => {
      const { next } = await list({}, { limit: 2 })
      const other = list({ kind: 'JobFlow' }, { limit: 2, cursor: next ?? '' })
      await expect(other).rejects.toMatchObject({ code: 'invalid' })
    })
  })

  it('without a worker, ended runs are complete, and open ones say why they are not', async () => {
    const failed = start('fails')
    const open = start('lasts')
    const cancelled = start('lasts')
    for (const each of [failed, open, cancelled]) await runs.start(each)
    await runs.ended(failed.run.id, ENDS_WITHIN_MS)
    await statusWithNodes(open)
    await runs.cancel(cancelled.run.id)
    await runs.ended(cancelled.run.id, ENDS_WITHIN_MS)
    await stopWorker()
    expect(await runs.get(failed.run.id)).toMatchObject({ phase: 'Failed', nodes: [{ id: 'a' }] })
    const startedAt = performance.now()
    expect(await runs.get(open.run.id)).toMatchObject({
      kind: 'JobFlow',
      name: 'lasts',
      phase: 'Running',
      nodes: [],
      message: expect.stringContaining('No worker is responding'),
    })
    expect(performance.now() - startedAt).toBeLessThan(deadlines.queryMs + SLACK_MS)
    expect(await runs.get(cancelled.run.id)).toMatchObject({ phase: 'Cancelled', nodes: [] })
    await startWorker()
  })
})

it('every call to an unreachable server soon fails as unavailable', async () => {
  const connection = connectTemporal({ address: '127.0.0.1:1' })
  const runs = createRuns({ connection, ...ui })
  const id = 'jobflow.api.practice.com/default/demo/00000000'
  const calls = {
    start: () => runs.start(start('lasts')),
    get: () => runs.get(id),
    list: () => runs.list({}, { limit: 1 }),
    cancel: () => runs.cancel(id),
    ping: () => runs.ping(),
  }
  await expectUnavailable(calls, deadlines.writeMs + SLACK_MS)
  await connection.close()
})

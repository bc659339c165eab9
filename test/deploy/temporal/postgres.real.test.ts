import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Connection } from '@temporalio/client'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Component } from '../../../deploy/local/processes/component.ts'
import { type Stack, startStack, stopStack } from '../../../deploy/local/stack.ts'
import { canHavePostgres, query } from '../../../deploy/local/temporal/postgres.ts'
import { runId } from '../../../src/model/run-id.ts'
import type { Runs } from '../../../src/operations/ports/runs.ts'
import { connectTemporal } from '../../../src/temporal/connect.ts'
import { registerSearchAttributes } from '../../../src/temporal/register-search-attributes.ts'
import { createRuns } from '../../../src/temporal/runs/runs.ts'
import { takeStack } from '../../take-stack.ts'
import { until } from '../../until.ts'

if (!canHavePostgres())
  console.warn('skipped: the tests on PostgreSQL need a PostgreSQL server, or root on Debian to install one')

/** A stack of its own in which only Temporal is started. Its cluster is never used. */
const { layout, release } = await takeStack('postgres')
const cluster = { context: 'none', kubeconfig: undefined }
const taskQueue = 'postgres'
const workflowsPath = fileURLToPath(new URL('../../temporal/workflows/index.ts', import.meta.url))

let stack: Stack
let connection: Connection
let runs: Runs
let workflowBundle: WorkflowBundle

async function up(): Promise<void> {
  stack = await startStack({ layout, cluster, temporalStore: 'postgres', report: () => undefined })
  connection = connectTemporal({ address: stack.temporalAddress })
  await registerSearchAttributes(connection, 'default')
  runs = createRuns({ connection, namespace: 'default', uiUrl: stack.temporalUiUrl, taskQueue })
}

async function startRun(name: string): Promise<string> {
  const what = { kind: 'JobFlow', namespace: 'team', name } as const
  const uid = randomUUID()
  const run = { apiVersion: 'api.practice.com/v1alpha1', ...what, uid }
  const id = runId(run)
  await runs.start({
    run: { id, ...run },
    plan: { ...what, version: 1, format: 'jobflow', jobs: {}, nodes: [] },
    definition: 'nightly',
    trigger: 'api',
    warnings: [],
  })
  return id
}

const untilListed = (id: string, phase: 'Running' | 'Succeeded'): Promise<void> =>
  until(`${id} in the list as ${phase}`, async () => {
    const page = await runs.list({ namespace: 'team', definition: 'nightly', phase }, { limit: 50 })
    return page.runs.some((run) => run.id === id)
  })

/** Runs a worker, which the run was waiting for. */
async function workUntilEnded(id: string): Promise<void> {
  const native = await NativeConnection.connect({ address: stack.temporalAddress })
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle })
  await worker.runUntil(until(`${id} ended`, () => runs.ended(id, 1_000)))
  await native.close()
}

const component = (name: string): Component => {
  const found = stack.components.find((one) => one.name === name)
  if (!found) throw new Error(`${name} is not among ${stack.components.map((one) => one.name).join(', ')}`)
  return found
}

describe.skipIf(!canHavePostgres())('Temporal on PostgreSQL', () => {
  beforeAll(async () => {
    // The worker's own log would fill the screen.
    const logger = new DefaultLogger('ERROR')
    Runtime.install({ logger })
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger })
  })
  beforeEach(up)
  afterEach(() => connection.close())
  afterAll(release)

  it('commits are on disk before they are acknowledged, and runs are kept for thirty days', async () => {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
      expect(await query(layout, `SHOW ${setting}`), setting).toBe('on')
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(720 * 3_600)
  })

  it('a run continues after Temporal and PostgreSQL were killed, and is found by its search attributes', async () => {
    const id = await startRun('succeeds')
    await untilListed(id, 'Running')
    await Promise.all(stack.components.map((part) => part.stop('SIGKILL')))
    await connection.close()
    await up()
    await untilListed(id, 'Running')
    await workUntilEnded(id)
    await untilListed(id, 'Succeeded')
  })

  it('a running Temporal survives a crash and restart of PostgreSQL', async () => {
    await component('postgres').stop('SIGKILL')
    await component('postgres').start()
    // Temporal's pools hold connections to the old server, and each fails once.
    let id = ''
    await until('a run starts', async () => {
      id = await startRun('succeeds').catch(() => '')
      return id !== ''
    })
    await workUntilEnded(id)
  })

  it('stops in order, so that the next start has nothing to recover', async () => {
    const log = (): string => readFileSync(component('postgres').logFile, 'utf8')
    const before = log().length
    await stopStack(layout)
    await connection.close()
    expect(log().slice(before).trimEnd()).toMatch(/database system is shut down$/)
    await up()
    expect(log().slice(before)).not.toContain('not properly shut down')
  })
})

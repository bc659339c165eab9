import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { kwok, kwokNode } from '../../deploy/local/kubernetes/kwok/kwok.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import { ensurePrograms } from '../../deploy/local/programs/ensure-programs.ts'
import { simulatorPrograms } from '../../deploy/local/programs/program.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import { partsOf } from '../processes.ts'
import { until } from '../until.ts'
import { cancel, logOf, startRun, untilEnded, untilRun } from './api.ts'
import {
  dropNamespace,
  jobs,
  kube,
  makeForeignJob,
  makeNamespace,
  nameOf,
  namesOf,
  namespaceOfFile,
  pods,
} from './cluster.ts'
import { jobStatusList, nodeOf } from './run-status.ts'
import { hurried, sampleEnv, sampleMarks, samplesOf } from './samples.ts'

const samples = samplesOf('job-deploy-operator')
const simulated = Array.from({ length: 20 }, (_, index) => `sim-${index}`)
const namespace = await namespaceOfFile('fleet')
let simulator: Component | undefined

beforeAll(async () => {
  const options = { report: (line: string) => console.log(line), signal: new AbortController().signal }
  const programs = await ensurePrograms(simulatorPrograms, options)
  simulator = kwok(inject('stack').layout, programs.kwok)
  await simulator.start()
  for (const name of simulated) await kube().create('/api/v1/nodes', kwokNode(name) as JsonObject)
  await until('simulated nodes are ready', async () => {
    const { items } = await kube().list('/api/v1/nodes', { selector: 'type=kwok' })
    return (
      items.length === simulated.length && items.every((node) => JSON.stringify(node).includes('"Ready"'))
    )
  })
})
afterAll(async () => {
  for (const name of simulated) await kube().delete(`/api/v1/nodes/${name}`)
  await simulator?.stop()
})

const daemonJob = (name: string, exclude = '', command = 'echo here') => `
apiVersion: api.practice.com/v1alpha1
kind: DaemonJob
metadata: { name: ${name} }
spec:
  excludeNodeList: ${JSON.stringify(exclude)}
  globalParams:
    env: [{ name: FOO, value: bar }]
  template:
    spec:
      restartPolicy: OnFailure
      containers:
        - { name: main, image: 'busybox:1.28', command: [sh, -c, '${command}'] }
`

describe('a DaemonJob over one real and twenty simulated nodes', () => {
  it('runs one pinned Job per cluster node, cordoned and tainted ones included, and names each node after its cluster node', async () => {
    await kube().patch('/api/v1/nodes/sim-3', { spec: { unschedulable: true } })
    const id = await startRun(daemonJob('everywhere'), namespace)
    const run = await untilEnded(id)
    expect(run, run.message).toMatchObject({ phase: 'Succeeded', objectStatus: { state: 'Succeed' } })
    expect(run.nodes.map((node) => node.id).sort()).toEqual(['localhost', ...simulated].sort())
    const made = (await jobs(namespace)).filter((job) => nameOf(job).startsWith('everywhere-'))
    expect(namesOf(made)).toEqual(run.nodes.map((node) => `everywhere-${node.id}`).sort())
    for (const { id: node } of run.nodes) {
      const job = made.find((one) => nameOf(one) === `everywhere-${node}`)
      expect(job).toMatchObject({
        spec: { backoffLimit: 0, template: { spec: { nodeName: node, restartPolicy: 'Never' } } },
      })
    }
    expect(await logOf(id, 'localhost')).toBe('here\n')
    expect(Object.keys(jobStatusList(run))).toHaveLength(21)
  })

  it('excludes the cluster nodes of its list, whatever white space the list has (DJ-6)', async () => {
    const exclude = ` localhost,\tsim-1 ,\nsim-2,no-such-node,${simulated.slice(4).join(' , ')}`
    const run = await untilEnded(await startRun(daemonJob('some', exclude), namespace))
    expect(run.nodes.map((node) => node.id)).toEqual(['sim-0', 'sim-3'])
  })

  it('succeeds at once if every cluster node is excluded', async () => {
    const run = await untilEnded(
      await startRun(daemonJob('none', ['localhost', ...simulated].join()), namespace),
    )
    expect(run).toMatchObject({ phase: 'Succeeded', nodes: [] })
  })

  it('fails after one Job failed and the Jobs on all other cluster nodes have ended (DJ-8)', async () => {
    const run = await untilEnded(await startRun(daemonJob('half', '', 'exit 7'), namespace))
    expect(run.phase).toBe('Failed')
    expect(nodeOf(run, 'localhost').attempts[0]).toMatchObject({ outcome: 'failed', exitCode: 7 })
    expect(run.nodes.filter(({ phase }) => phase === 'Succeeded')).toHaveLength(20)
  })

  it('succeeds even if a foreign Job has its name (DJ-2)', async () => {
    await makeForeignJob(namespace, 'blocked')
    const run = await untilEnded(await startRun(daemonJob('blocked', simulated.join()), namespace))
    expect(run).toMatchObject({ phase: 'Succeeded', nodes: [{ id: 'localhost' }] })
  })

  it('keeps its set of cluster nodes when a node joins while it runs (DJ-5)', async () => {
    const id = await startRun(daemonJob('fixed', simulated.join(), 'sleep 3'), namespace)
    await until('its Job is there', async () => namesOf(await jobs(namespace)).includes('fixed-localhost'))
    await kube().create('/api/v1/nodes', kwokNode('sim-late') as JsonObject)
    const run = await untilEnded(id)
    await kube().delete('/api/v1/nodes/sim-late')
    expect(run).toMatchObject({ phase: 'Succeeded', nodes: [{ id: 'localhost' }] })
  })
})

describe('a run whose jobs start in blocks', () => {
  const width = BLOCK_MIN + 10
  const pod = {
    nodeSelector: { type: 'kwok' },
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: 'busybox:1.28' }],
  }
  const metadata = { annotations: { 'millrace.dev/stays': 'true' } }
  const flowOf = (count: number): string =>
    JSON.stringify({
      apiVersion: 'api.practice.com/v1alpha1',
      kind: 'JobFlow',
      metadata: { name: 'wide' },
      spec: {
        flows: [
          ...Array.from({ length: count }, (_, at) => ({
            name: `n${at}`,
            jobTemplate: { template: { metadata, spec: pod } },
          })),
          { name: 'after-one', dependencies: ['n1'], jobTemplate: { template: { spec: pod } } },
        ],
      },
    })

  it('starts the successor of one job while the others run, and survives the end of its worker', async () => {
    const own = await makeNamespace('wide')
    const id = await startRun(flowOf(width), own)
    const running = async (): Promise<JsonObject[]> =>
      (await pods(own)).filter(({ status }) => (status as { phase?: string }).phase === 'Running')
    await until('all of them run', async () => (await running()).length === width)
    await endPodOf(own, 'wide-n1')
    await untilRun(id, 'has run the successor', (run) => nodeOf(run, 'after-one').phase === 'Succeeded')

    const { worker } = partsOf(inject('stack'))
    await worker.stop('SIGKILL')
    await kube().delete(`/apis/batch/v1/namespaces/${own}/jobs/wide-n2`, { propagationPolicy: 'Background' })
    await endPodOf(own, 'wide-n3')
    await worker.start()
    for (const one of await running()) await end(one)

    const run = await untilEnded(id)
    expect(nodeOf(run, 'n2').attempts).toMatchObject([{ outcome: 'lost', reason: 'JobDeleted' }])
    expect(run.nodes.filter(({ phase }) => phase === 'Succeeded')).toHaveLength(width)
    expect(run.nodes.every(({ attempts }) => attempts.length === 1)).toBe(true)
    expect(namesOf(await jobs(own)), 'a deleted Job is not created again').not.toContain('wide-n2')
    expect(run.phase).toBe('Failed')
    await dropNamespace(own)
  })

  it('deletes every Job if it is cancelled while its Jobs are being created, and the worker keeps running', async () => {
    const own = await makeNamespace('cancelled-wide')
    const { worker } = partsOf(inject('stack'))
    const before = worker.process()
    const id = await startRun(flowOf(300), own)
    await until('the first Jobs exist', async () => (await jobs(own)).length > 0)
    await cancel(id)
    const run = await untilEnded(id)
    expect(run.phase).toBe('Cancelled')
    expect(run.nodes.filter(({ phase }) => phase === 'Cancelled')).toHaveLength(300)
    expect(namesOf(await jobs(own))).toEqual([])
    expect(worker.process(), 'the same process').toEqual(before)
    await dropNamespace(own)
  })

  const endPodOf = async (own: string, job: string): Promise<void> => {
    const one = (await pods(own)).find((each) => nameOf(each).startsWith(`${job}-`))
    if (one) await end(one)
  }
  /** Without the annotation, kwok lets the pod succeed. */
  const end = async ({ metadata }: JsonObject): Promise<void> => {
    const { namespace, name } = metadata as { namespace: string; name: string }
    const annotations = { 'millrace.dev/stays': null }
    await kube().patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } })
  }
})

/** Here and not among the other samples, because this file adds and removes cluster nodes. */
describe.skipIf(!samples.exist)('the DaemonJob samples of job-deploy-operator', () => {
  it.each(['daemonjob/example.yaml', 'readme/README-block2.yaml', 'readme/README-zh-block3.yaml'])(
    '%s: one pinned Job per cluster node, with the globalParams and restartPolicy Never',
    async (file) => {
      const own = await makeNamespace('samples-dj')
      const run = await untilEnded(await startRun(hurried(samples.read(file)), own))
      expect(run).toMatchObject({ phase: 'Succeeded', objectStatus: { state: 'Succeed' } })
      const made = await jobs(own)
      const names = ['localhost', ...simulated].map((node) => `daemonjob-example-${node}`).sort()
      expect(namesOf(made)).toEqual(names)
      expect(Object.keys(jobStatusList(run)).sort()).toEqual(names.map((name) => `${name}/${own}`))
      for (const job of made) {
        const nodeName = nameOf(job).slice('daemonjob-example-'.length)
        const pod = { nodeName, restartPolicy: 'Never', containers: [{ env: sampleEnv }] }
        expect(job).toMatchObject({
          metadata: sampleMarks,
          spec: { backoffLimit: 0, template: { metadata: sampleMarks, spec: pod } },
        })
      }
      await dropNamespace(own)
    },
  )
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { JsonObject } from '../../src/lib/json.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { apiUrl, cancel, getRun, post, startRun, untilEnded, untilRun } from './api.ts'
import { dropNamespace, jobs, kube, makeNamespace, nameOf, namesOf, pods } from './cluster.ts'
import { makeFolder } from './gate.ts'
import { endedAt, jobStatusList, nodeOf, startedAt } from './run-status.ts'
import { hurried, sampleEnv, sampleMarks, samplesOf } from './samples.ts'

const samples = samplesOf('job-deploy-operator')

/** Each file behaves as its row in the README of the samples says. */
describe.skipIf(!samples.exist)('the samples of job-deploy-operator', () => {
  let namespace = ''
  beforeAll(async () => {
    namespace = await makeNamespace('samples')
  })
  afterAll(() => dropNamespace(namespace))

  const minikube = 'nodeName: minikube'

  /** Several files have the same five jobs under another JobFlow name. */
  async function expectDiamond(run: RunStatus, name: string, where = namespace): Promise<void> {
    expect(run.phase, run.message).toBe('Succeeded')
    expect(run.objectStatus).toMatchObject({ state: 'Succeed' })
    const expected = ['job1', 'job2', 'job3', 'job4', 'job5'].map((flow) => `${name}-${flow}`)
    expect(Object.keys(jobStatusList(run)).sort()).toEqual(expected.map((job) => `${job}/${where}`))
    expect(startedAt(run, 'job2')).toBeGreaterThanOrEqual(endedAt(run, 'job1'))
    for (const late of ['job3', 'job5'])
      expect(startedAt(run, late)).toBeGreaterThanOrEqual(endedAt(run, 'job2'))
    const mine = (await jobs(where)).filter((job) => expected.includes(nameOf(job)))
    expect(namesOf(mine)).toEqual(expected)
    for (const job of mine) expect(job).toMatchObject(forced)
  }
  const forced = {
    metadata: sampleMarks,
    spec: {
      backoffLimit: 0,
      template: { metadata: sampleMarks, spec: { restartPolicy: 'Never', containers: [{ env: sampleEnv }] } },
    },
  }
  it('jobflow/example.yaml: five Jobs in order, with the globalParams in every container; posting it again changes nothing', async () => {
    const text = hurried(samples.read('jobflow/example.yaml'))
    const id = await startRun(text, namespace)
    const run = await untilEnded(id)
    await expectDiamond(run, 'jobflow-example')
    const again = await post(text, namespace)
    expect(again.body.results[0]).toMatchObject({ result: 'unchanged', runId: id })
    expect((await getRun(id)).endedAt).toBe(run.endedAt)
  })

  it.each(['jobflow/example-sameNode.yaml', 'readme/README-block1.yaml', 'readme/README-zh-block1.yaml'])(
    '%s: all pods run on the given cluster node; a node that does not exist is named in the message',
    async (file) => {
      // The same JobFlow name as example.yaml: another namespace is another object.
      const own = await makeNamespace('samples-node')
      const nowhere = await startRun(samples.read(file).replaceAll('jobflow-example', 'nowhere'), own)
      const id = await startRun(hurried(samples.read(file)).replace(minikube, 'nodeName: localhost'), own)
      await expectDiamond(await untilEnded(id), 'jobflow-example', own)
      for (const pod of await pods(own)) {
        if (nameOf(pod).startsWith('jobflow-example-job'))
          expect(pod).toMatchObject({ spec: { nodeName: 'localhost' } })
      }
      await untilRun(nowhere, 'names its node', (run) =>
        JSON.stringify(run.nodes).includes('cluster node minikube'),
      )
      await cancel(nowhere)
      await dropNamespace(own)
    },
  )

  it('jobflow/example-job-error.yaml: accepted with a warning; Failed after exactly three Jobs with one pod each', async () => {
    const text = hurried(samples.read('jobflow/example-job-error.yaml'))
    const { status, body } = await post(text, namespace)
    expect(status).toBe(200)
    expect(body.results[0].warnings).toMatchObject([
      {
        rule: 'unknown-dependency',
        path: 'spec.flows[2].dependencies[1]',
        message: expect.stringContaining('"job2"'),
      },
    ])
    const run = await untilEnded(body.results[0].runId)
    expect(run).toMatchObject({ phase: 'Failed', objectStatus: { state: 'Failed' } })
    expect(run.message).toContain('job2-error-container')
    expect(nodeOf(run, 'job2-error-container').attempts).toMatchObject([{ outcome: 'failed', exitCode: 1 }])
    expect(nodeOf(run, 'job3')).toMatchObject({ phase: 'Skipped', attempts: [] })
    const mine = (list: JsonObject[]) =>
      list.filter((one) => nameOf(one).startsWith('jobflow-example-error-'))
    expect(namesOf(mine(await jobs(namespace)))).toEqual([
      'jobflow-example-error-job1',
      'jobflow-example-error-job2-error-container',
      'jobflow-example-error-job4',
    ])
    expect(mine(await pods(namespace))).toHaveLength(3)
  })

  it('jobflow/example-shareVolume.yaml: names the missing claim, continues when local-pv.yaml creates it, mounts it in two flows only', async () => {
    const id = await startRun(hurried(samples.read('jobflow/example-shareVolume.yaml')), namespace)
    await untilRun(id, 'names the claim', (run) => JSON.stringify(nodeOf(run, 'job1')).includes('mylocalpvc'))
    const text = samples
      .read('jobflow/local-pv.yaml')
      .replace('- minikube', '- localhost')
      .replace('path: /data', `path: ${makeFolder()}`)
    const [volume, storageClass, claim] = parseAllDocuments(text).map((document) => document.toJS())
    await kube().create('/api/v1/persistentvolumes', volume)
    await kube().create('/apis/storage.k8s.io/v1/storageclasses', storageClass)
    await kube().create(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, claim)
    try {
      await expectDiamond(await untilEnded(id), 'jobflow-example-localpv')
      for (const pod of await pods(namespace)) {
        if (!nameOf(pod).startsWith('jobflow-example-localpv-')) continue
        const mounted =
          JSON.stringify(pod).includes('"mountPath":"/data","name":"mypvc"') ||
          JSON.stringify(pod).includes('"name":"mypvc","mountPath":"/data"')
        expect(mounted, nameOf(pod)).toBe(/-job[12]-/.test(nameOf(pod)))
      }
    } finally {
      await kube().delete('/api/v1/persistentvolumes/mylocalpv')
      await kube().delete('/apis/storage.k8s.io/v1/storageclasses/my-local-storage')
    }
  })

  it('jobTemplate/example.yaml and its flows: a flow names the missing template, then runs; dependencyList has both flows', async () => {
    const id = await startRun(samples.read('jobflow/example-with-jobTemplate.yaml'), namespace)
    const waiting = await untilRun(id, 'waits', (run) => nodeOf(run, 'job1').message !== undefined)
    expect(nodeOf(waiting, 'job1').message).toBe('not found JobTemplate : job1-template')
    const stored = await post(hurried(samples.read('jobTemplate/example.yaml')), namespace)
    expect(stored.body.results).toMatchObject([{ result: 'created' }, { result: 'created' }])
    const second = await startRun(samples.read('jobflow/example-with-jobTemplate1.yaml'), namespace)
    for (const run of [await untilEnded(id), await untilEnded(second)])
      expect(run.phase, run.message).toBe('Succeeded')
    const first = (await jobs(namespace)).find((job) => nameOf(job) === 'jobflow-example-template-job1')
    expect(first).toMatchObject({
      metadata: { annotations: { createByJobTemplate: `${namespace}.job1-template` } },
    })
    const template = await (
      await fetch(`${apiUrl()}/v1/definitions/JobTemplate/${namespace}/job1-template`)
    ).json()
    expect(template).toMatchObject({
      status: { dependencyList: ['jobflow-example-template-job1', 'jobflow-example-template2-job1'] },
    })
  })

  it('readme/README-zh-block2.yaml: templates and flow in one file run in either order', async () => {
    const text = hurried(samples.read('readme/README-zh-block2.yaml'))
    for (const [place, documents] of [
      ['forward', text],
      ['backward', text.split('\n---\n').reverse().join('\n---\n')],
    ] as const) {
      const own = await makeNamespace(`samples-${place}`)
      const { body } = await post(documents, own)
      const flow = body.results.find((result: { kind: string }) => result.kind === 'JobFlow')
      expect(flow.warnings).toEqual([])
      expect((await untilEnded(flow.runId)).phase).toBe('Succeeded')
      await dropNamespace(own)
    }
  })

  it('jobflow/local-pv.yaml: core objects are refused with the kubectl command for them', async () => {
    const { status, body } = await post(samples.read('jobflow/local-pv.yaml'), namespace)
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('kubectl apply')
  })
})

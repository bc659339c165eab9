import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import { RENEW_SIGNAL } from '../../src/model/messages/run-messages.ts'
import { until } from '../until.ts'
import { apiUrl, cancel, logOf, post, startRun, untilEnded, untilRun } from './api.ts'
import { dropNamespace, jobs, kube, makeNamespace, namesOf, pods } from './cluster.ts'
import { nodeOf } from './run-status.ts'
import { samplesOf } from './samples.ts'

const samples = samplesOf('pipeline-operator')

const list = async (namespace: string, path: string): Promise<JsonObject[]> =>
  (await kube().list(`${path.replace('NS', namespace)}`)).items
const deployments = (namespace: string) => list(namespace, '/apis/apps/v1/namespaces/NS/deployments')
const services = (namespace: string) => list(namespace, '/api/v1/namespaces/NS/services')

/** nginx cannot be pulled here: busybox replaces it, prints a line and keeps running. */
const withStub = (text: string): string =>
  text.replace(
    /image: nginx/g,
    'image: busybox:1.28\n              command: [sh, -c, "echo up; trap exit TERM; sleep 600 & wait"]',
  )

describe.skipIf(!samples.exist)('the stream samples of pipeline-operator', () => {
  it.each(['controller_v1_pipeline_streamjob.yaml', 'readme/Readme-block2.yaml'])(
    '%s: the Pipeline alone runs nothing; its run is Running if its pods are ready, says why if not, and leaves no object',
    async (file) => {
      const namespace = await makeNamespace('stream')
      const runFile = samples.read('controller_v1_pipelinerun_streamjob.yaml')
      const { body } = await post(samples.read(file), namespace)
      expect(body.results).toMatchObject([{ result: 'created', warnings: [{ rule: 'no-effect' }] }])
      const schedules = await fetch(`${apiUrl()}/v1/schedules?namespace=${namespace}`)
      expect(await schedules.json()).toMatchObject({ schedules: [] })

      const id = await startRun(runFile, namespace)
      const waiting = await untilRun(id, 'says why', (run) =>
        /nginx.*(ErrImagePull|ImagePullBackOff|pull)/s.test(run.message ?? ''),
      )
      expect(waiting.phase).toBe('Pending')
      expect(nodeOf(waiting, 'micro-service-1').attempts).toMatchObject([
        { replicas: { wanted: 1, ready: 0 } },
      ])
      expect(namesOf(await deployments(namespace))).toEqual([
        'pipeline-test-2-deploy-micro-service-1',
        'pipeline-test-2-deploy-micro-service-2',
      ])
      await cancel(id)
      expect((await untilEnded(id)).phase).toBe('Cancelled')
      expect(await pods(namespace)).toEqual([])

      await post(withStub(samples.read(file)), namespace)
      const second = await startRun(runFile.replace('pipelinerun-2', 'pipelinerun-3'), namespace)
      const up = await untilRun(second, 'is up', (run) => run.phase === 'Running')
      const names = ['micro-service-1', 'micro-service-2']
      expect(up.objectStatus).toMatchObject({
        conditions: [{ type: 'Succeeded', status: 'True' }],
        cluster: {
          deploymentNames: names.map((name) => `pipeline-test-2-deploy-${name}`),
          serviceNames: names,
        },
      })
      const [deployment] = await deployments(namespace)
      const labels = {
        pipeline: 'pipeline-test-2',
        'pipeline-run': 'pipelinerun-3',
        'k8s-app': 'pipeline-test-2-deploy-micro-service-1',
      }
      expect(deployment).toMatchObject({
        metadata: { labels },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
      })
      expect(await services(namespace)).toMatchObject(
        names.map((name) => ({ metadata: { name }, spec: { clusterIP: 'None' } })),
      )
      expect(await logOf(second, 'micro-service-1')).toBe('up\n')
      await cancel(second)
      const ended = await untilEnded(second)
      expect(ended).toMatchObject({
        phase: 'Cancelled',
        nodes: [{ phase: 'Cancelled' }, { phase: 'Cancelled' }],
      })
      for (const left of [await deployments(namespace), await services(namespace), await pods(namespace)])
        expect(left).toEqual([])
      await dropNamespace(namespace)
    },
  )
})

describe('a stream', { concurrent: true }, () => {
  let namespace = ''
  beforeAll(async () => {
    namespace = await makeNamespace('stream-own')
  })
  afterAll(() => dropNamespace(namespace))

  const pipeline = (name: string, service: string, more = ''): string => `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: ${name} }
spec:
  streamJob:
    microServices:
      - name: ${service}
        ${more}
        spec:
          terminationGracePeriodSeconds: 1
          containers: [{ name: main, image: "busybox:1.28", command: [sh, -c, "sleep 600"] }]
`
  const runOf = (name: string, run: string): string => `
apiVersion: controller.ljchen.net/v1
kind: PipelineRun
metadata: { name: ${run} }
spec: { refPipeline: ${name} }
`
  const untilUp = (id: string) => untilRun(id, 'is up', (run) => run.phase === 'Running')

  it('refuses a second run of its Pipeline and a foreign Service, with the name of the owner', async () => {
    await post(pipeline('shop', 'web', 'replicas: 2'), namespace)
    const id = await startRun(runOf('shop', 'shop-1'), namespace)
    await untilUp(id)
    const twin = await untilEnded(await startRun(runOf('shop', 'shop-2'), namespace))
    expect(twin.phase).toBe('Failed')
    expect(twin.message).toContain(`it belongs to the run ${id}`)
    await post(pipeline('other', 'web'), namespace)
    const thief = await untilEnded(await startRun(runOf('other', 'other-1'), namespace))
    expect(thief.message).toMatch(/a Service named web already exists/)
    expect(thief.message).toContain(id)
    const run = await untilRun(id, 'has a status', () => true)
    expect(run.phase, 'the first run is not affected').toBe('Running')
    expect(nodeOf(run, 'web').attempts).toMatchObject([{ replicas: { wanted: 2, ready: 2 } }])
    expect(namesOf(await deployments(namespace)).filter((name) => name.startsWith('other'))).toEqual([])
  })

  it('is Pending while its pods are not ready, and creates a deleted Deployment again', async () => {
    await post(pipeline('heals', 'heals'), namespace)
    const id = await startRun(runOf('heals', 'heals-1'), namespace)
    await untilUp(id)
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/heals-deploy-heals`
    await kube().patch(path, {
      spec: {
        strategy: { type: 'Recreate', rollingUpdate: null },
        template: { spec: { nodeSelector: { disk: 'none' } } },
      },
    })
    const down = await untilRun(id, 'is down', (run) => run.phase === 'Pending')
    expect(JSON.stringify(down)).toMatch(/0 of 1 replicas|affinity|selector/)
    await kube().delete(path, { propagationPolicy: 'Background' })
    await untilUp(id)
    await kube().delete(`/api/v1/namespaces/${namespace}/services/heals`)
    await cancel(id)
    expect((await untilEnded(id)).phase).toBe('Cancelled')
  })

  it('continues as new without a change of its Deployments', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/months-deploy-months`
    await post(pipeline('months', 'months'), namespace)
    const id = await startRun(runOf('months', 'months-1'), namespace)
    await untilUp(id)
    const metadataOf = async () => (await kube().get(path)).metadata
    const { uid } = (await metadataOf()) as { uid: string }
    const connection = await Connection.connect({ address: inject('stack').temporalAddress })
    const handle = new Client({ connection }).workflow.getHandle(id)
    const first = (await handle.describe()).runId
    await handle.signal(RENEW_SIGNAL)
    await until('a new history', async () => (await handle.describe()).runId !== first)
    await untilUp(id)
    expect(await metadataOf()).toMatchObject({ uid })
    const listed = await fetch(`${apiUrl()}/v1/runs?namespace=${namespace}&definition=months`)
    expect(await listed.json()).toMatchObject({ runs: [{ id, phase: 'Running' }] })
    await cancel(id)
    expect((await untilEnded(id)).phase).toBe('Cancelled')
    await connection.close()
  })

  it('is cancelled when its run object is deleted with kubectl', async () => {
    await post(pipeline('kubectl', 'kubectl'), namespace)
    const id = await startRun(runOf('kubectl', 'kubectl-1'), namespace)
    await untilUp(id)
    await kube().delete(`/apis/controller.ljchen.net/v1/namespaces/${namespace}/pipelineruns/kubectl-1`, {
      propagationPolicy: 'Background',
    })
    const run = await untilEnded(id)
    expect(run).toMatchObject({ phase: 'Cancelled', message: expect.stringContaining('was deleted') })
    expect(await jobs(namespace)).toEqual([])
  })
})

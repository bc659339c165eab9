import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { objectAt } from '../../src/lib/json.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { freePort } from '../deploy/compose/free-port.ts'
import { root } from '../root.ts'
import { until } from '../until.ts'
import { logOf, post, startOf, startRun, untilEnded } from './api.ts'
import { dropNamespace, jobs, kube, makeNamespace, pods } from './cluster.ts'
import { nodeOf } from './run-status.ts'
import { samplesOf } from './samples.ts'

const samples = samplesOf('pipeline-operator')

const unexpired = (text: string): string =>
  text
    .replace(/expire: "2019[^"]*"/, 'expire: "2099-12-31 24:00:00"')
    // A custom output has its own image, which cannot be pulled.
    .replace(/image: registry\S+/, 'image: busybox:1.28')
const conditions = (run: RunStatus): unknown =>
  'conditions' in run.objectStatus ? run.objectStatus.conditions : []
const expired = [
  {
    type: 'Cancelled',
    status: 'False',
    reason: 'Pipeline is expired',
    message: 'Skip the build creation',
  },
]

/** The pod of a run's first attempt. Other pods may belong to runs that the schedule of a sample has started. */
async function podOf(namespace: string, runName: string): Promise<JsonObject> {
  const mine = (await pods(namespace)).filter(
    (pod) => objectAt(objectAt(pod, 'metadata'), 'labels')['job-name'] === `${runName}-build`,
  )
  expect(mine).toHaveLength(1)
  return mine[0] ?? {}
}

describe.skipIf(!samples.exist)('the batch samples of pipeline-operator', { concurrent: true }, () => {
  it.each([
    ['controller_v1_pipeline_batchjob.yaml', 'controller_v1_pipelinerun_batchjob.yaml'],
    ['readme/Readme-block1.yaml', 'readme/Readme-block3.yaml'],
  ])(
    '%s with %s: expired, it is cancelled without a pod; with a later expire, every step runs in order',
    async (pipeline, runFile) => {
      const namespace = await makeNamespace('batch')
      const alone = await post(samples.read(runFile), namespace)
      expect(alone.status).toBe(422)
      expect(alone.body.issues).toMatchObject([
        { path: 'spec.refPipeline', message: expect.stringContaining('"pipeline-test-1"') },
      ])
      const stored = await post(samples.read(pipeline), namespace)
      expect(stored.body.results).toMatchObject([{ result: 'created', warnings: [{ rule: 'expired' }] }])
      const cancelled = await untilEnded(await startRun(samples.read(runFile), namespace))
      expect(cancelled.phase).toBe('Cancelled')
      expect(conditions(cancelled)).toMatchObject(expired)
      expect(await pods(namespace)).toEqual([])

      expect((await post(unexpired(samples.read(pipeline)), namespace)).body.results).toMatchObject([
        { result: 'configured' },
      ])
      const again = samples.read(runFile).replace('name: pipelinerun-1', 'name: pipelinerun-2')
      const id = await startRun(again, namespace)
      const run = await untilEnded(id)
      const hasCustom = pipeline.startsWith('readme')
      // The image of the custom output is busybox here, which does not accept its arguments.
      const outputs = ['output-ftp', 'output-api', 'output-kafka', 'output-smtp']
      const steps = nodeOf(run, 'steps').attempts[0]?.steps?.map(({ name, phase }) => `${name}: ${phase}`)
      expect(steps?.slice(0, 5)).toEqual(['input', ...outputs].map((name) => `${name}: Succeeded`))
      if (hasCustom) expect(steps?.[5]).toMatch(/^custom-server: /)
      else expect(run.phase, run.message).toBe('Succeeded')
      expect(await logOf(id, 'steps', '&step=input&attempt=1')).toBe(
        '--index=xmtc_stock_test --topic=xmtc_stock_test3 --es-address=http://10.0.66.60:9200\n',
      )
      const pod = await podOf(namespace, 'pipelinerun-2')
      const labels = {
        pipeline: 'pipeline-test-1',
        'pipeline-run': 'pipelinerun-2',
        'k8s-app': 'pipelinerun-2-build',
      }
      expect(pod).toMatchObject({ metadata: { labels, annotations: { 'sidecar.istio.io/inject': 'false' } } })
      await dropNamespace(namespace)
    },
  )

  it.each([1, 2, 3])(
    'xmyc/pipeline-data-%i.yaml: expired; with a later expire its two steps get their values unchanged',
    async (number) => {
      const namespace = await makeNamespace('xmyc')
      const pipeline = samples.read(`xmyc/pipeline-data-${number}.yaml`)
      const runFile = samples.read(`xmyc/pipelinerun-data-${number}.yaml`)
      await post(pipeline, namespace)
      const run = await untilEnded(await startRun(runFile, namespace))
      expect(conditions(run)).toMatchObject(expired)
      await post(unexpired(pipeline), namespace)
      const name = /name: (xmyc-\S+)/.exec(pipeline)?.[1] ?? ''
      const ended = await untilEnded(await startOf(namespace, { definition: { kind: 'Pipeline', name } }))
      expect(nodeOf(ended, 'steps').attempts[0]?.steps?.map((step) => step.name)).toEqual([
        'input',
        'webserver',
      ])
      const pod = await podOf(namespace, ended.name)
      const spec = pod.spec as {
        initContainers: { args: string[] }[]
        containers: { args: string[]; image: string }[]
      }
      expect(spec.initContainers[0]?.args.at(-1)).toMatch(/^--es-address=http:\/\/.*:\d+$/)
      for (const arg of spec.containers[0]?.args ?? []) expect(arg).toMatch(/^--(topic|target)=\S+$/)
      expect(spec.containers[0]?.args).toHaveLength(2)
      await dropNamespace(namespace)
    },
  )

  it('xmyc/pipeline-data-4.yaml: updates the Pipeline of data-1; pipelinerun-data-4.yaml is the same run as data-1', async () => {
    const namespace = await makeNamespace('xmyc')
    const path = `/apis/controller.ljchen.net/v1/namespaces/${namespace}/pipelines/xmyc-settlment`
    await post(samples.read('xmyc/pipeline-data-1.yaml'), namespace)
    const id = await startRun(samples.read('xmyc/pipelinerun-data-1.yaml'), namespace)
    await untilEnded(id)
    const before = await kube().get(path)
    const { body } = await post(samples.read('xmyc/pipeline-data-4.yaml'), namespace)
    expect(body.results).toMatchObject([{ result: 'configured', name: 'xmyc-settlment' }])
    const after = await kube().get(path)
    expect(after.metadata).toMatchObject({ uid: (before.metadata as { uid: string }).uid })
    expect(after.spec).not.toEqual(before.spec)
    const twice = await post(samples.read('xmyc/pipelinerun-data-4.yaml'), namespace)
    expect(twice.body.results).toMatchObject([{ result: 'unchanged', runId: id }])
    expect(await jobs(namespace)).toEqual([])
    await dropNamespace(namespace)
  })

  it('an adapter image that cannot be pulled: three attempts of at most 30 s, each from the first step, and a message with step and image', async () => {
    const namespace = await makeNamespace('batch-pull')
    const api = await otherApi()
    try {
      const send = (text: string) =>
        fetch(`${api.url}/v1/manifests?namespace=${namespace}`, { method: 'POST', body: text })
      await send(unexpired(samples.read('controller_v1_pipeline_batchjob.yaml')))
      const answer = await send(samples.read('controller_v1_pipelinerun_batchjob.yaml'))
      const { results } = (await answer.json()) as { results: { runId: string }[] }
      const run = await untilEnded(results[0]?.runId ?? '', 300_000)
      expect(run.phase).toBe('Failed')
      const { attempts } = nodeOf(run, 'steps')
      expect(attempts).toMatchObject(
        Array(3).fill({ outcome: 'timedOut', steps: [{ name: 'input' }, {}, {}, {}, {}] }),
      )
      expect(run.message).toContain('step input')
      expect(JSON.stringify(run)).toContain('ljchen/ieyes/pier:0.1')
      expect(conditions(run)).toMatchObject([
        { status: 'False', reason: 'BuildTimeout', message: run.message },
      ])
      for (const { startedAt = '', endedAt = '' } of attempts)
        expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeLessThan(30_000 + patience(NOTICED_MS))
    } finally {
      api.stop()
    }
    await dropNamespace(namespace)
  })
})

/** For the kubelet to notice a deadline, and for the end to be recorded. */
const NOTICED_MS = 15_000

/** A second API process, with the default adapters of the format. */
async function otherApi(): Promise<{ url: string; stop(): void }> {
  const stack = inject('stack')
  // Another test run may run on this machine.
  const [port, jobsPort] = await Promise.all([freePort(), freePort()])
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'src/server/main.ts'), 'api'],
    {
      env: {
        PATH: process.env.PATH,
        MILLRACE_PORT: String(port),
        MILLRACE_JOBS_PORT: String(jobsPort),
        MILLRACE_INSTANCE: `millrace-${stack.layout.name}`,
        MILLRACE_CONTEXT: stack.context,
        KUBECONFIG: stack.kubeconfig,
        TEMPORAL_ADDRESS: stack.temporalAddress,
      },
      stdio: 'ignore',
    },
  )
  const url = `http://127.0.0.1:${port}`
  await until(
    'the other API is ready',
    async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok ?? false,
  )
  return { url, stop: () => child.kill() }
}

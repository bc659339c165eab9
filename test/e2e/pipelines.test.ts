import { describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { listAt, objectAt } from '../../src/lib/json.ts'
import { until } from '../until.ts'
import { apiUrl, logOf, post, startRun, untilEnded } from './api.ts'
import { jobs, kube, namespaceOfFile, pods } from './cluster.ts'
import { makeFolder } from './gate.ts'
import { nodeOf } from './run-status.ts'

const namespace = await namespaceOfFile('batch-own')

/** Seconds within which a pod reaches its second step. */
const SECOND_STEP_S = Math.ceil(patience(30))

describe('a batch that fails', { concurrent: true }, () => {
  const pipeline = (name: string, processors: string, more = ''): string => `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: ${name}, labels: { team: data }, annotations: { owner: me, ${more} } }
spec:
  batchJob:
    resources: { requests: { cpu: 1m } }
    input: { elasticSearch: { b: "1", a: "2" } }
    outputs: [{ name: out, ftp: { to: x }, api: { to: z } }]
    processors:
${processors.replace(/^/gm, '      ')}
`
  const runOf = (name: string, more: string): string => `
apiVersion: controller.ljchen.net/v1
kind: PipelineRun
metadata: { name: ${name}-1 }
spec: { refPipeline: ${name}, ${more} }
`
  const step = (name: string, script: string): string =>
    `- { name: ${name}, image: "busybox:1.28", command: [sh, -c, ${JSON.stringify(script)}] }`

  it('is retried from the failed step up to maxRetryCount, and each attempt keeps its steps and log', async () => {
    await post(pipeline('twice', step('work', 'echo tried; exit 3')), namespace)
    const { body } = await post(runOf('twice', 'maxRetryCount: 2'), namespace)
    expect(body.results[0].warnings).toMatchObject([{ rule: 'workspace', path: 'spec.maxRetryCount' }])
    const id = body.results[0].runId
    const run = await untilEnded(id)
    expect(run.phase).toBe('Failed')
    const { attempts } = nodeOf(run, 'steps')
    const open = ['out-api', 'out-ftp'].map((name) => ({ name, phase: 'Skipped' }))
    const failed = { name: 'work', phase: 'Failed', exitCode: 3 }
    expect(attempts).toMatchObject([
      { outcome: 'failed', exitCode: 3, steps: [{ name: 'input', phase: 'Succeeded' }, failed, ...open] },
      { outcome: 'failed', exitCode: 3, steps: [failed, ...open] },
      { outcome: 'failed', exitCode: 3, steps: [failed, ...open] },
    ])
    for (const number of [1, 2, 3])
      expect(await logOf(id, 'steps', `&attempt=${number}&step=work`)).toBe('tried\n')
    expect(run.message).toContain('step work exited with code 3')
    expect(run.objectStatus).toMatchObject({
      conditions: [{ type: 'Succeeded', status: 'False', message: run.message }],
      completionTime: expect.any(String),
      cluster: { buildName: 'twice-1-build-retry-2' },
      retryStatus: {
        retryCount: 2,
        historyBuild: [{ buildName: 'twice-1-build' }, { buildName: 'twice-1-build-retry-1' }],
      },
    })
    const made = (await jobs(namespace)).filter((job) => JSON.stringify(job).includes('"pipeline":"twice"'))
    expect(made).toHaveLength(3)
    for (const job of made) {
      expect(job).toMatchObject({ metadata: { labels: { team: 'data' }, annotations: { owner: 'me' } } })
      const template = objectAt(objectAt(job, 'spec'), 'template')
      const [last] = listAt(objectAt(template, 'spec'), 'containers')
      expect(last).toMatchObject({
        name: 'output-out-ftp',
        args: ['--to=x'],
        workingDir: '/workspace',
        resources: { requests: { cpu: '1m' } },
      })
    }
  })

  it('keeps its workspace between attempts in a PersistentVolumeClaim', async () => {
    const path = makeFolder()
    const name = `workspace-${namespace}`
    await kube().create('/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1Mi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: name,
        hostPath: { path },
      },
    })
    await kube().create(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'kept' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: name,
        resources: { requests: { storage: '1Mi' } },
      },
    })
    const script = 'if [ -e half ]; then cat trail half; else echo half >half; exit 1; fi'
    await post(pipeline('kept', step('work', script), 'millrace.dev/workspace-claim: kept'), namespace)
    const { body } = await post(runOf('kept', 'maxRetryCount: 1'), namespace)
    expect(body.results[0].warnings).toEqual([])
    const run = await untilEnded(body.results[0].runId)
    expect(run.phase, run.message).toBe('Succeeded')
    expect(await logOf(run.id, 'steps', '&step=work')).toBe('--b=1 --a=2\nhalf\n')
    await kube().delete(`/api/v1/persistentvolumes/${name}`)
  })

  it('is retried from the first step after a timeout, and says which step was running', async () => {
    await post(pipeline('slow', step('work', 'trap "exit 9" TERM; sleep 3600 & wait')), namespace)
    const more = `maxRetryCount: 1, timeout: "${SECOND_STEP_S}s"`
    const run = await untilEnded(await startRun(runOf('slow', more), namespace), 300_000)
    expect(run.phase).toBe('Failed')
    const { attempts } = nodeOf(run, 'steps')
    expect(attempts).toMatchObject(
      Array(2).fill({ outcome: 'timedOut', steps: [{ name: 'input' }, {}, {}, {}] }),
    )
    expect(run.message).toContain('step work was running')
    expect(await logOf(run.id, 'steps', '&attempt=1&step=input'), 'its log is kept').toBe('--b=1 --a=2\n')
  })

  it('that cannot be scheduled ends at its timeout, and says why', async () => {
    const text = pipeline('nowhere', step('work', 'true')).replace(
      '  batchJob:\n',
      '  batchJob:\n    nodeSelector: { disk: none }\n',
    )
    await post(text, namespace)
    const run = await untilEnded(await startRun(runOf('nowhere', 'timeout: "3s"'), namespace))
    expect(nodeOf(run, 'steps').attempts).toMatchObject([{ outcome: 'timedOut' }])
    expect(run.message).toMatch(/did not start within 3s.*affinity|selector/)
  })

  it('is refused for a timeout without a unit, an unknown adapter, a custom output without an image and 30 February', async () => {
    const bad = await post(runOf('twice', 'timeout: "30"'), namespace)
    expect(bad.body.issues).toMatchObject([
      { path: 'spec.timeout', message: expect.stringContaining('"30s"') },
    ])
    const text = `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: bad }
spec:
  batchJob:
    input: {}
    outputs: [{ name: a, custom: { x: "1" } }, { name: b, smtp: {} }]
  strategy: { expire: "2030-02-30 00:00:00", cronExpression: "* * * * * *" }
`
    const { status, body } = await post(text, namespace)
    expect(status).toBe(422)
    const paths = (body.issues as { path: string }[]).map(({ path }) => path).sort()
    expect(paths).toEqual([
      'spec.batchJob.input',
      'spec.batchJob.outputs[0].custom.image',
      'spec.batchJob.outputs[1]',
      'spec.batchJob.outputs[1].smtp',
      'spec.strategy.cronExpression',
      'spec.strategy.expire',
    ])
  })

  it('is cancelled and deleted with its Pipeline', async () => {
    await post(pipeline('gone', step('work', 'sleep 300')), namespace)
    const id = await startRun(runOf('gone', 'timeout: 1h'), namespace)
    await until('it runs', async () =>
      (await pods(namespace)).some((pod) => JSON.stringify(pod).includes('gone-1-build')),
    )
    const answer = await fetch(`${apiUrl()}/v1/definitions/Pipeline/${namespace}/gone`, { method: 'DELETE' })
    expect(answer.status).toBe(204)
    expect(await untilEnded(id)).toMatchObject({ phase: 'Cancelled', nodes: [{ phase: 'Cancelled' }] })
    await until('its object is gone', async () => {
      const path = `/apis/controller.ljchen.net/v1/namespaces/${namespace}/pipelineruns`
      return (await kube().list(path)).items.every((one) => !JSON.stringify(one.metadata).includes('gone-1'))
    })
  })
})

import type { JsonObject } from '../../src/lib/json.ts'
import type { ExpectedRun } from './expected.ts'
import { LOG_MOUNT, recordStep, type SideEffectLog } from './side-effect-log.ts'

/** How often an attempt is retried whose pod somebody else removed. */
export const RETRIES = 3

/** A container's shell script: records the step, sleeps, and ends at once on SIGTERM. */
export const script = (step: string, seconds: number, then = 'exit 0'): string =>
  `trap 'exit 143' TERM; ${recordStep(step)}; sleep ${seconds} & wait $!; ${then}`

/** True in the first attempt alone: mkdir succeeds once. */
export const isFirst = (name: string): string => `mkdir ${LOG_MOUNT}/first-${name} 2>/dev/null`

/** Waits in the first attempt until somebody removes the pod; succeeds in the next. */
export const waitsOnce = (step: string, name: string): string =>
  `trap 'exit 143' TERM; ${recordStep(step)}; if ${isFirst(name)}; then sleep 300 & wait $!; fi; exit 0`

export function container(step: string, text: string, more: JsonObject = {}): JsonObject {
  return {
    name: step,
    image: 'busybox:1.28',
    command: ['sh', '-c', text],
    volumeMounts: [{ name: 'side-effects', mountPath: LOG_MOUNT }],
    ...more,
  }
}

export const logVolume = ({ folder }: SideEffectLog): JsonObject => ({
  name: 'side-effects',
  hostPath: { path: folder, type: 'Directory' },
})

/** A JobSpec of one container. */
export const jobSpec = (
  log: SideEffectLog,
  step: string,
  text: string,
  pod: JsonObject = {},
  more: JsonObject = {},
): JsonObject => ({
  template: {
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      volumes: [logVolume(log)],
      containers: [container(step, text, more)],
      ...pod,
    },
  },
  backoffLimit: 0,
})

const metadata = (name: string, retries: number): JsonObject => ({
  name,
  annotations: { 'millrace.dev/infrastructure-retries': String(retries) },
})

type Body = Omit<ExpectedRun, 'kind' | 'name' | 'documents'>

/** A run of a kind of api.practice.com: one manifest. */
function practiceRun(
  kind: string,
  name: string,
  spec: JsonObject,
  body: Body,
  retries = RETRIES,
): ExpectedRun {
  const manifest = {
    apiVersion: 'api.practice.com/v1alpha1',
    kind,
    metadata: metadata(name, retries),
    spec,
  }
  return { kind, name, documents: [manifest], ...body }
}

export function jobFlow(name: string, spec: JsonObject, body: Body, retries = RETRIES): ExpectedRun {
  return practiceRun('JobFlow', name, spec, body, retries)
}

export function task(log: SideEffectLog, name: string, steps: JsonObject[], body: Body): ExpectedRun {
  return practiceRun('Task', name, { volumes: [logVolume(log)], steps }, body)
}

export function daemonJob(name: string, spec: JsonObject, body: Body): ExpectedRun {
  return practiceRun('DaemonJob', name, spec, body)
}

export function workflow(name: string, tasks: JsonObject[], body: Body): ExpectedRun {
  const apiVersion = 'jobnetes.com/v1beta'
  const definition = { apiVersion, kind: 'Workflow', metadata: { name }, spec: { name, tasks } }
  const manifest = {
    apiVersion,
    kind: 'WorkflowExecution',
    metadata: metadata(name, RETRIES),
    spec: { workflow: name },
  }
  return { kind: 'WorkflowExecution', name, documents: [definition, manifest], ...body }
}

/** A batch of processors after an input that only prints. Its retries apply to every kind of failure. */
export function batch(
  log: SideEffectLog,
  name: string,
  processors: JsonObject[],
  body: Body,
  more: JsonObject = {},
): ExpectedRun {
  const batchJob = {
    input: { elasticSearch: { index: name } },
    processors,
    outputs: [],
    volumes: [logVolume(log)],
    ...more,
  }
  return pipelineRun(name, { batchJob }, { maxRetryCount: RETRIES }, body)
}

export function pipelineRun(name: string, spec: JsonObject, run: JsonObject, body: Body): ExpectedRun {
  const apiVersion = 'controller.ljchen.net/v1'
  const pipeline = { apiVersion, kind: 'Pipeline', metadata: { name }, spec }
  const manifest = {
    apiVersion,
    kind: 'PipelineRun',
    metadata: { name },
    spec: { refPipeline: name, ...run },
  }
  return { kind: 'PipelineRun', name, documents: [pipeline, manifest], ...body }
}

import type { JsonObject } from '../../src/lib/json.ts'
import type { ExpectedRun } from './expected.ts'
import { LEDGER_MOUNT, noteOf } from './side-effect-log.ts'

/** Pods that a third party takes away are tried again as often as this. */
export const RETRIES = 3

/** What one wave of the load shares. */
export interface Ground {
  /** The ledger's folder on the cluster node. */
  ledger: string
}

/** A container's shell script: notes itself, takes its time, and ends at once when it is told to. */
export const script = (step: string, seconds: number, then = 'exit 0'): string =>
  `trap 'exit 143' TERM; ${noteOf(step)}; sleep ${seconds} & wait $!; ${then}`

/** True in the first attempt alone: the folder is made once. */
export const isFirst = (name: string): string => `mkdir ${LEDGER_MOUNT}/first-${name} 2>/dev/null`

/** Waits, in the first attempt, for somebody to take the pod away; goes through in the next. */
export const lingers = (step: string, name: string): string =>
  `trap 'exit 143' TERM; ${noteOf(step)}; if ${isFirst(name)}; then sleep 300 & wait $!; fi; exit 0`

export function container(step: string, text: string, more: JsonObject = {}): JsonObject {
  return {
    name: step,
    image: 'busybox:1.28',
    command: ['sh', '-c', text],
    volumeMounts: [{ name: 'ledger', mountPath: LEDGER_MOUNT }],
    ...more,
  }
}

export const ledgerVolume = ({ ledger }: Ground): JsonObject => ({
  name: 'ledger',
  hostPath: { path: ledger, type: 'Directory' },
})

/** A JobSpec of one container. */
export const jobSpec = (
  ground: Ground,
  step: string,
  text: string,
  pod: JsonObject = {},
  more: JsonObject = {},
): JsonObject => ({
  template: {
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      volumes: [ledgerVolume(ground)],
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

export function jobFlow(name: string, spec: JsonObject, body: Body, retries = RETRIES): ExpectedRun {
  const manifest = {
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'JobFlow',
    metadata: metadata(name, retries),
    spec,
  }
  return { kind: 'JobFlow', name, documents: [manifest], ...body }
}

export function task(ground: Ground, name: string, steps: JsonObject[], body: Body): ExpectedRun {
  const spec = { volumes: [ledgerVolume(ground)], steps }
  const manifest = {
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'Task',
    metadata: metadata(name, RETRIES),
    spec,
  }
  return { kind: 'Task', name, documents: [manifest], ...body }
}

export function daemonJob(name: string, spec: JsonObject, body: Body): ExpectedRun {
  const manifest = {
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'DaemonJob',
    metadata: metadata(name, RETRIES),
    spec,
  }
  return { kind: 'DaemonJob', name, documents: [manifest], ...body }
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

/** A batch of processors behind an input that only prints; its retries count for every sort of failure. */
export function batch(
  ground: Ground,
  name: string,
  processors: JsonObject[],
  body: Body,
  more: JsonObject = {},
): ExpectedRun {
  const batchJob = {
    input: { elasticSearch: { index: name } },
    processors,
    outputs: [],
    volumes: [ledgerVolume(ground)],
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

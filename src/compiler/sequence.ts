import type { JsonObject } from '../lib/json.ts'
import { STEPS_ANNOTATION } from '../model/labels.ts'
import type { JobBody, Step } from '../model/plan.ts'

export interface SequenceStep {
  name: string
  container: JsonObject
}

/** What stands around the steps: fields of the pod spec, and metadata of the Job and its pod alike. */
export interface SequencePod {
  labels: Record<string, string>
  annotations: Record<string, string>
  /** On the pod alone. */
  podAnnotations?: Record<string, string>
  pod: JsonObject
  /** More fields of the JobSpec. */
  job?: JsonObject
}

/**
 * Steps as the one pod of a Job: Kubernetes runs init containers strictly one after another, and stops at the first
 * that fails; the last step is the main container.
 */
export function sequenceBody(steps: readonly SequenceStep[], around: SequencePod): JobBody {
  const containers = steps.map(({ container }) => container)
  const names = Object.fromEntries(steps.map(({ name, container }) => [String(container.name), name]))
  return {
    labels: around.labels,
    annotations: around.annotations,
    spec: {
      ...around.job,
      backoffLimit: 0,
      template: {
        metadata: {
          labels: around.labels,
          annotations: {
            ...around.annotations,
            ...around.podAnnotations,
            [STEPS_ANNOTATION]: JSON.stringify(names),
          },
        },
        spec: {
          ...around.pod,
          restartPolicy: 'Never',
          ...(containers.length > 1 ? { initContainers: containers.slice(0, -1) } : {}),
          containers: containers.slice(-1),
        },
      },
    },
  }
}

export const toSteps = (steps: readonly SequenceStep[]): Step[] =>
  steps.map(({ name, container }) => ({ name, container: String(container.name) }))

/** Node id of the one node of a Task or of a batch pipeline. */
export const STEPS = 'steps'

import type { JsonObject } from '../lib/json.ts'
import { STEPS_ANNOTATION } from '../model/labels.ts'
import type { JobBody, Step } from '../model/plan.ts'

export interface SequenceStep {
  name: string
  container: JsonObject
}

/** Everything but the steps: fields of the pod spec, and metadata of both the Job and its pod. */
export interface SequencePod {
  labels: Record<string, string>
  annotations: Record<string, string>
  /** On the pod only. */
  podAnnotations?: Record<string, string>
  pod: JsonObject
  /** Additional fields of the JobSpec. */
  job?: JsonObject
}

/**
 * Puts steps into the pod of one Job. Kubernetes runs init containers one after another and stops at the
 * first that fails. The last step is the main container.
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

/** Node id of the only node of a Task or a batch pipeline. */
export const STEPS = 'steps'

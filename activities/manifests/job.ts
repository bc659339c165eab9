import { isJsonObject, type JsonObject } from '../../src/json.ts'
import { listAt, objectAt, withEnv } from '../../src/plan/overlay.ts'
import type { JobBody } from '../../src/plan/plan.ts'
import type { Attempt } from '../../workflows/event.ts'
import {
  ATTEMPT_ANNOTATION,
  INSTANCE_LABEL,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
  type RunRef,
  TOKEN_ANNOTATION,
  TTL_ANNOTATION,
} from '../../workflows/names.ts'

export interface JobOrder {
  run: RunRef
  attempt: Attempt
  body: JobBody
  /** Goes before every container's own env: what the run tells the job. */
  env?: { name: string; value: string }[]
}

/**
 * The Job of one attempt. The author's JobSpec passes through as it is, with four things of ours: labels and
 * annotations that say whose it is, the run object as owner (so that deleting the run object deletes it),
 * the cluster node of a fleet's member, and its time to live held back in an annotation until the outcome is
 * recorded: a Job that vanishes before anybody looked would be an outcome lost.
 */
export function jobManifest(order: JobOrder, instance: string, token?: string): JsonObject {
  const { run, attempt, body } = order
  const { ttlSecondsAfterFinished: ttl, ...spec } = body.spec
  const template = objectAt(spec, 'template')
  const metadata = objectAt(template, 'metadata')
  const pod = objectAt(template, 'spec')
  const labels = { [INSTANCE_LABEL]: instance, [RUN_LABEL]: run.uid }
  const identity = {
    [RUN_ID_ANNOTATION]: run.id,
    [NODE_ANNOTATION]: attempt.node,
    [ATTEMPT_ANNOTATION]: String(attempt.number),
  }
  const { apiVersion, kind, name, uid } = run
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: attempt.objectName,
      namespace: run.namespace,
      labels: { ...body.labels, ...labels },
      annotations: {
        ...body.annotations,
        ...identity,
        ...(token === undefined ? {} : { [TOKEN_ANNOTATION]: token }),
        ...(ttl === undefined ? {} : { [TTL_ANNOTATION]: String(ttl) }),
      },
      ownerReferences: [{ apiVersion, kind, name, uid }],
    },
    spec: {
      ...spec,
      template: {
        ...template,
        metadata: {
          ...metadata,
          labels: { ...objectAt(metadata, 'labels'), ...labels },
          annotations: { ...objectAt(metadata, 'annotations'), ...identity },
        },
        spec: {
          ...pod,
          ...(attempt.clusterNode === undefined ? {} : { nodeName: attempt.clusterNode }),
          containers: listAt(pod, 'containers').map((container) =>
            isJsonObject(container) ? withEnv(container, order.env ?? []) : container,
          ),
        },
      },
    },
  }
}

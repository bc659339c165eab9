import { withEnv } from '../../src/compiler/overlay.ts'
import { isJsonObject, type Json, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import type { Attempt } from '../../src/model/attempt.ts'
import {
  ATTEMPT_ANNOTATION,
  INSTANCE_LABEL,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
  TASK_TOKEN_ANNOTATION,
  TRY_ANNOTATION,
  TTL_ANNOTATION,
} from '../../src/model/labels.ts'
import type { JobBody } from '../../src/model/plan.ts'
import type { RunRef } from '../../src/model/run-id.ts'
import { API_TOKEN, apiEnv } from './api-access.ts'

export interface JobOrder {
  run: RunRef
  attempt: Attempt
  body: JobBody
  /** Placed before every container's own env. */
  env?: { name: string; value: string }[]
}

/** The activity that waits for the Job's end. */
export interface Waiter {
  /** Base64. */
  token: string
  /** Counts the tries of the activity from 1. */
  tryNumber: number
}

/** Settings of this installation that go into a Job. */
export interface Installation {
  instance: string
  /** URL of our API for pods; without it they get no address and no token. */
  jobsUrl?: string
}

/**
 * The Job of one attempt. The author's JobSpec passes through, with these additions: identifying labels and
 * annotations, the run object as owner (so that deleting it deletes the Job), and the cluster node of a
 * fleet's member. The time to live is held back in an annotation until the outcome is recorded: a Job deleted
 * before it is observed loses its outcome.
 */
export function jobManifest(order: JobOrder, installation: Installation, waiter?: Waiter): JsonObject {
  const { run, attempt, body } = order
  const { instance, jobsUrl } = installation
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
        ...(waiter && marksOf(waiter)),
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
        spec: podSpec(pod, order, attempt.apiAccess ? jobsUrl : undefined),
      },
    },
  }
}

const marksOf = ({ token, tryNumber }: Waiter): Record<string, string> => ({
  [TASK_TOKEN_ANNOTATION]: token,
  [TRY_ANNOTATION]: String(tryNumber),
})

function podSpec(
  pod: JsonObject,
  { run, attempt, env = [] }: JobOrder,
  jobsUrl: string | undefined,
): JsonObject {
  const volumes = jobsUrl === undefined ? [] : [API_TOKEN.volume]
  const told = [...env, ...(jobsUrl === undefined ? [] : apiEnv(run, attempt, jobsUrl))]
  // The kubelet expands `$(NAME)` in values and turns `$$` into `$`. Our values must stay unchanged.
  const own = told.map(({ name, value }) => ({ name, value: value.replaceAll('$', '$$$$') }))
  const change = (container: Json): Json => {
    if (!isJsonObject(container)) return container
    const changed = withEnv(container, own)
    return jobsUrl === undefined
      ? changed
      : { ...changed, volumeMounts: [...listAt(changed, 'volumeMounts'), API_TOKEN.mount] }
  }
  const { initContainers: _, ...rest } = pod
  const all = stepsFrom(pod, attempt.fromStep ?? 0)
  // The author's own init containers get no env from the run; steps do.
  const isSequence = attempt.fromStep !== undefined || attempt.apiAccess === true
  return {
    ...rest,
    ...(attempt.clusterNode === undefined ? {} : { nodeName: attempt.clusterNode }),
    ...(volumes.length > 0 ? { volumes: [...listAt(pod, 'volumes'), ...volumes] } : {}),
    ...(all.init.length > 0 ? { initContainers: isSequence ? all.init.map(change) : all.init } : {}),
    containers: all.main.map(change),
  }
}

/** A sequence without its first steps (init containers). The last step is the main container and stays. */
function stepsFrom(pod: JsonObject, from: number): { init: Json[]; main: Json[] } {
  return { init: listAt(pod, 'initContainers').slice(from), main: listAt(pod, 'containers') }
}

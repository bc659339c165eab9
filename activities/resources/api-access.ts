import type { JsonObject } from '../../src/lib/json.ts'
import type { Attempt } from '../../src/model/attempt.ts'
import { API_AUDIENCE } from '../../src/model/labels.ts'
import type { RunRef } from '../../src/model/run-id.ts'

const DIRECTORY = '/var/run/secrets/millrace'
const VOLUME = 'millrace-token'
/** An hour is the minimum that API servers issue. The kubelet renews the token in time. */
const EXPIRES_S = 3_600

/** A token bound to its pod and valid only for our API. */
export const API_TOKEN: { volume: JsonObject; mount: JsonObject } = {
  volume: {
    name: VOLUME,
    projected: {
      sources: [
        { serviceAccountToken: { audience: API_AUDIENCE, expirationSeconds: EXPIRES_S, path: 'token' } },
      ],
    },
  },
  mount: { name: VOLUME, mountPath: DIRECTORY, readOnly: true },
}

/** Environment with which a job reads its input and records its output. */
export function apiEnv(run: RunRef, attempt: Attempt, jobsUrl: string): { name: string; value: string }[] {
  const node = `${jobsUrl}/v1/runs/${encodeURIComponent(run.id)}/nodes/${encodeURIComponent(attempt.node)}`
  return [
    { name: 'MILLRACE_API_URL', value: jobsUrl },
    { name: 'MILLRACE_RUN_ID', value: run.id },
    { name: 'MILLRACE_NODE', value: attempt.node },
    { name: 'MILLRACE_ATTEMPT', value: String(attempt.number) },
    { name: 'MILLRACE_INPUT_URL', value: `${node}/input` },
    { name: 'MILLRACE_OUTPUT_URL', value: `${node}/output` },
    { name: 'MILLRACE_TOKEN_FILE', value: `${DIRECTORY}/token` },
  ]
}

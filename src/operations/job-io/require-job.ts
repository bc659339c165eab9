import { parseRunId } from '../../model/run-id.ts'
import { AppError } from '../app-error.ts'
import type { Deps } from '../deps.ts'

/** A request of a job about its own node. */
export interface JobCall {
  id: string
  node: string
  /** The token of its pod, for our API's audience. */
  token: string | undefined
}

/** Checks that the caller is a pod of this node. AppErrors: `unauthenticated`, `forbidden`. */
export async function requireJob(
  deps: Deps,
  { id, node, token }: JobCall,
): Promise<{ attempt: number; pod: string; hasEnded: boolean }> {
  if (token === undefined) {
    const message =
      'The token of the pod is missing: send the content of the file $MILLRACE_TOKEN_FILE as Authorization: Bearer.'
    throw new AppError('unauthenticated', message)
  }
  const pod = await deps.identity.podOf(token)
  if (!pod) {
    const message =
      'The token is invalid, or its pod no longer exists: read $MILLRACE_TOKEN_FILE again for every request.'
    throw new AppError('unauthenticated', message)
  }
  // A run id contains its namespace. A pod of another namespace is refused, whatever its annotations say.
  const isHere = parseRunId(id)?.namespace === pod.namespace
  if (isHere && pod.runId === id && pod.node === node && pod.attempt !== undefined)
    return { attempt: pod.attempt, pod: pod.pod, hasEnded: pod.hasEnded }
  const own = pod.runId === undefined ? 'no run' : `node "${pod.node}" of the run "${pod.runId}"`
  throw new AppError(
    'forbidden',
    `The pod ${pod.namespace}/${pod.pod} belongs to ${own}, not to "${node}" of "${id}".`,
  )
}

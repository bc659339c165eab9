/** The pod behind a token that it was given for our API. */
export interface PodIdentity {
  namespace: string
  pod: string
  /** It has run to its end: what speaks with its token now is something else. */
  hasEnded: boolean
  /** As our annotations on its Job say; undefined where they are missing. */
  runId: string | undefined
  node: string | undefined
  attempt: number | undefined
}

export interface Identity {
  /** undefined when the token is not good, or its pod is no more. AppError `unavailable` when that cannot be known. */
  podOf(token: string): Promise<PodIdentity | undefined>
}

/** The pod that a token was issued to. */
export interface PodIdentity {
  namespace: string
  pod: string
  /** The pod has ended: whatever uses its token now is not the pod. */
  hasEnded: boolean
  /** From our annotations on its Job; undefined where they are missing. */
  runId: string | undefined
  node: string | undefined
  attempt: number | undefined
}

export interface Identity {
  /** undefined for an invalid token or a missing pod. AppError `unavailable` when that cannot be checked. */
  podOf(token: string): Promise<PodIdentity | undefined>
}

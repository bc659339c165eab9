export interface LogRequest {
  namespace: string
  /** The Job or Deployment whose pod is read. */
  object: { kind: 'Job' | 'Deployment'; name: string }
  container?: string
  follow: boolean
  /** Last lines only. */
  tail?: number
  signal: AbortSignal
}

export interface Logs {
  /** Chunks of text as they come; ends with the container, or at once when not followed. AppError `gone` when the pod is no more. */
  read(request: LogRequest): AsyncIterable<string>
}

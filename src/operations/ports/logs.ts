export interface LogRequest {
  namespace: string
  /** The Job or Deployment whose pod is read. */
  object: { kind: 'Job' | 'Deployment'; name: string }
  container?: string
  follow: boolean
  /** Only this many lines, from the end. */
  tail?: number
  signal: AbortSignal
}

export interface Logs {
  /** Chunks of text; without `follow`, up to the current end. AppError `gone` when the pod was removed. */
  read(request: LogRequest): AsyncIterable<string>
}

import type { Client, ConnectionLike } from '@temporalio/client'

export interface TemporalDeps {
  connection: ConnectionLike
  namespace: string
  /** Where people open Temporal's Web UI, without a trailing slash. */
  uiUrl: string
  /** Where people reach this API, without a trailing slash; runs link back to it. */
  apiUrl?: string
  /** Where runs are worked on; tests that share a server keep to their own. */
  taskQueue?: string
}

/** What every file of this folder works with. */
export interface Temporal extends TemporalDeps {
  client: Client
}

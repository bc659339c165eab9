import type { Client, ConnectionLike } from '@temporalio/client'

export interface TemporalDeps {
  connection: ConnectionLike
  namespace: string
  /** Base URL of Temporal's Web UI, without a trailing slash. */
  uiUrl: string
  /** Base URL of this API, without a trailing slash; runs link back to it. */
  apiUrl?: string
  /** Task queue of the runs. Tests that share a server use their own. */
  taskQueue?: string
}

/** What the files of this folder share. */
export interface Temporal extends TemporalDeps {
  client: Client
}

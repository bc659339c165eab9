import type { JsonObject } from '../../src/lib/json.ts'
import type { OutcomeType } from '../../src/model/outcome.ts'
import type { NodePhase, RunPhase } from '../../src/model/phase.ts'

/** A run of the load, with everything that its plan says about its end: whatever is struck meanwhile, it holds. */
export interface ExpectedRun {
  kind: string
  name: string
  /** Posted together; the last one is the run's own manifest. */
  documents: JsonObject[]
  phase: RunPhase
  /** What the run's message must say. */
  says?: RegExp
  nodes: Record<string, ExpectedNode>
  /** It never ends by itself: it is cancelled when all others have ended. */
  endless?: true
}

export interface ExpectedNode {
  phase: NodePhase
  /** Of its attempts, in order. */
  outcomes: OutcomeType[]
  /** Steps that note themselves in the ledger. A job that is no sequence has one, by the name of its node. */
  steps: string[]
  /** What the message of an attempt that was lost must say. */
  lostSays?: RegExp
}

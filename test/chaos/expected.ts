import type { JsonObject } from '../../src/lib/json.ts'
import type { OutcomeType } from '../../src/model/outcome.ts'
import type { NodePhase, RunPhase } from '../../src/model/phase.ts'

/** A run of the load with the end that its plan prescribes. No fault may change that end. */
export interface ExpectedRun {
  kind: string
  name: string
  /** Posted together; the last one is the run's own manifest. */
  documents: JsonObject[]
  phase: RunPhase
  /** What the run's message must say. */
  says?: RegExp
  nodes: Record<string, ExpectedNode>
  /** It does not end by itself. It is cancelled when all others have ended. */
  endless?: true
}

export interface ExpectedNode {
  phase: NodePhase
  /** One per attempt, in order. */
  outcomes: OutcomeType[]
  /** Steps that write to the side-effect log. A job that is not a sequence has one, with the name of its node. */
  steps: string[]
  /** What the message of a lost attempt must say. */
  lostSays?: RegExp
}

import { describe, expect, it } from 'vitest'
import { visibilityQuery } from '../../src/temporal/runs/read/visibility-query.ts'

describe('a visibility query', () => {
  it.each([
    [{}, "WorkflowType = 'run' AND ExecutionStatus != 'ContinuedAsNew'"],
    [
      { namespace: 'a', kind: 'JobFlow', definition: 'd' },
      "WorkflowType = 'run' AND MillraceNamespace = 'a' AND MillraceKind = 'JobFlow' AND MillraceDefinition = 'd' AND ExecutionStatus != 'ContinuedAsNew'",
    ],
    [
      { phase: 'Failed' as const },
      "WorkflowType = 'run' AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')",
    ],
    [
      { phase: 'Running' as const },
      "WorkflowType = 'run' AND ExecutionStatus = 'Running' AND MillracePhase != 'Pending'",
    ],
  ])('of %j', (filter, query) => {
    expect(visibilityQuery(filter)).toBe(query)
  })

  it('escapes quotes in values', () => {
    expect(visibilityQuery({ definition: "x' OR 'a'='a" })).toContain(
      "MillraceDefinition = 'x\\' OR \\'a\\'=\\'a'",
    )
  })
})

import { describe, expect, it } from 'vitest'
import { phaseOf } from '../../src/temporal/runs/read/phase.ts'

describe('the phase of an execution', () => {
  it.each([
    ['COMPLETED', 'Running', 'Succeeded'],
    ['FAILED', 'Running', 'Failed'],
    ['TERMINATED', 'Running', 'Failed'],
    ['TIMED_OUT', undefined, 'Failed'],
    ['CANCELLED', 'Running', 'Cancelled'],
    ['RUNNING', 'Pending', 'Pending'],
    ['RUNNING', 'Running', 'Running'],
    ['RUNNING', undefined, 'Running'],
    ['PAUSED', undefined, 'Running'],
  ] as const)('%s with attribute %s is %s', (status, attribute, phase) => {
    expect(phaseOf(status, attribute)).toBe(phase)
  })
})

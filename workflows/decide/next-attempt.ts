import type { Attempt } from '../../src/model/attempt.ts'
import { attemptName } from '../../src/model/object-names.ts'
import { isSuccess } from '../../src/model/outcome.ts'
import type { Command } from '../command.ts'
import { type JobNodeState, lastAttempt } from '../state.ts'

export const sleepFor = (node: JobNodeState): Command[] =>
  node.retryAt === undefined || node.sleeping ? [] : [{ type: 'sleep', node: node.id, untilMs: node.retryAt }]

export function nextAttempt(node: JobNodeState): Attempt {
  const number = node.attempts.length + 1
  const fromStep = firstStep(node)
  return {
    node: node.id,
    number,
    objectName: attemptName(node.objectName, number),
    ...(node.clusterNode === undefined ? {} : { clusterNode: node.clusterNode }),
    ...(fromStep > 0 ? { fromStep } : {}),
    ...(node.apiAccess ? { apiAccess: true } : {}),
  }
}

/** The step at which a sequence continues: the first that has not succeeded, or 0 after a timeout. */
function firstStep({ steps, ...node }: JobNodeState): number {
  const last = lastAttempt(node)
  if (!steps || !last || last.outcome?.type === 'timedOut') return 0
  const from = last.fromStep ?? 0
  const bad = last.outcome?.steps?.find((step) => !isSuccess(step))
  if (!bad) return from
  const at = steps.findIndex(({ container }) => container === (bad.container ?? bad.name))
  return Math.max(at, from)
}

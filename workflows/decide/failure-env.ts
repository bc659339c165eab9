import type { Plan } from '../../src/model/plan.ts'
import { lastAttempt, nodesOf, type RunState } from '../state.ts'

/** Environment that describes the failure to its handler. All values are text; unknown ones are ''. */
export function failureEnv(plan: Plan, state: RunState, message: string): { name: string; value: string }[] {
  const failed = nodesOf(state).filter(({ phase }) => phase === 'Failed')
  const [first] = failed
  const outcome = first && lastAttempt(first)?.outcome
  return [
    { name: 'MILLRACE_KIND', value: plan.kind },
    { name: 'MILLRACE_NAMESPACE', value: plan.namespace },
    { name: 'MILLRACE_NAME', value: plan.name },
    { name: 'MILLRACE_MESSAGE', value: message },
    { name: 'MILLRACE_FAILED_NODE', value: first?.id ?? '' },
    { name: 'MILLRACE_FAILED_NODES', value: failed.map(({ id }) => id).join(',') },
    { name: 'MILLRACE_FAILED_OUTCOME', value: outcome?.type ?? '' },
    { name: 'MILLRACE_FAILED_REASON', value: outcome?.reason ?? '' },
    {
      name: 'MILLRACE_FAILED_EXIT_CODE',
      value: outcome?.exitCode === undefined ? '' : String(outcome.exitCode),
    },
  ]
}

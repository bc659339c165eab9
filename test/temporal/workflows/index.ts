import {
  ApplicationFailure,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow'
import { type RunInput, STATUS_QUERY } from '../../../src/model/messages/run-messages.ts'
import type { RunStatus } from '../../../src/model/run-status.ts'

/** Replaces the real workflow: the name of the run says what it does, and its interface is the same. */
export async function run({ run: ref, warnings }: RunInput): Promise<RunStatus> {
  const { wait } = proxyActivities<{ wait(job: string): Promise<void> }>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '1 minute',
    retry: { maximumAttempts: 1 },
  })
  const status = (phase: RunStatus['phase']): RunStatus => ({
    id: ref.id,
    kind: ref.kind,
    namespace: ref.namespace,
    name: ref.name,
    phase,
    startedAt: '2026-01-01T00:00:00.000Z',
    nodes: [
      {
        id: 'a',
        type: 'job',
        phase: 'Running',
        needs: [],
        attempts: [
          {
            number: 1,
            phase: 'Running',
            object: { kind: 'Job', namespace: ref.namespace, name: `${ref.name}-a` },
          },
        ],
      },
    ],
    warnings,
    objectStatus: { state: 'Running', jobStatusList: {} },
  })
  let phase: RunStatus['phase'] = 'Running'
  setHandler(defineQuery<RunStatus>(STATUS_QUERY), () => status(phase))
  try {
    if (ref.name === 'succeeds') return status('Succeeded')
    if (ref.name === 'fails') throw ApplicationFailure.nonRetryable('a failed', 'RunFailed', status('Failed'))
    if (ref.name === 'breaks') throw ApplicationFailure.nonRetryable('not of our making')
    if (ref.name === 'waits-in-an-activity') await wait(`${ref.name}-a`)
    else await condition(() => false)
    return status('Succeeded')
  } catch (error) {
    if (!isCancellation(error)) throw error
    phase = 'Cancelled'
    throw new CancelledFailure('cancelled')
  }
}

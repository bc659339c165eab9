import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { RUN_ID_ANNOTATION } from '../../src/model/labels.ts'
import type { OutcomeType } from '../../src/model/outcome.ts'
import { until } from '../until.ts'
import type { ExpectedNode, ExpectedRun } from './expected.ts'
import type { Round } from './fault.ts'
import {
  batch,
  container,
  jobFlow,
  jobSpec,
  RETRIES,
  script,
  task,
  waitsOnce,
  workflow,
} from './manifests.ts'
import type { SideEffectLog } from './side-effect-log.ts'

/** The outcome of an attempt that somebody else removes, and what its message must say. */
export interface Loss {
  outcome: OutcomeType
  says: RegExp
}

/**
 * Runs that wait in their first attempt until somebody removes it: one of each kind that can be retried, and one whose
 * author allows no retry.
 */
export function targets(log: SideEffectLog, fault: string, { outcome, says }: Loss): ExpectedRun[] {
  const name = (kind: string): string => `${fault}-${kind}`
  const again = (steps: string[]): ExpectedNode => ({
    phase: 'Succeeded',
    outcomes: [outcome, 'succeeded'],
    steps,
    lostSays: says,
  })
  const after: ExpectedNode = { phase: 'Succeeded', outcomes: ['succeeded'], steps: ['after'] }
  const flow = (of: string): JsonObject => ({
    flows: [
      { name: 'waits', jobTemplate: jobSpec(log, 'waits', waitsOnce('waits', of)) },
      {
        name: 'after',
        dependencies: ['waits'],
        jobTemplate: jobSpec(log, 'after', script('after', 1)),
      },
    ],
  })
  const steps = (of: string): JsonObject[] => [
    container('first', script('first', 1)),
    container('waits', waitsOnce('waits', of)),
    container('after', script('after', 1)),
  ]
  const kube = (step: string, text: string, more: JsonObject = {}): JsonObject => ({
    name: step,
    type: 'kube-job',
    job: { spec: jobSpec(log, step, text) },
    ...more,
  })
  const tasks = [
    kube('waits', waitsOnce('waits', name('workflow')), { next: 'after' }),
    kube('after', script('after', 1)),
  ]
  const inSteps = { steps: again(['first', 'waits', 'after']) }
  const inJobs = { waits: again(['waits']), after }
  const once: ExpectedRun['nodes'] = {
    waits: { phase: 'Failed', outcomes: [outcome], steps: ['waits'], lostSays: says },
    after: { phase: 'Skipped', outcomes: [], steps: [] },
  }
  return [
    jobFlow(name('flow'), flow(name('flow')), { phase: 'Succeeded', nodes: inJobs }, RETRIES),
    jobFlow(name('once'), flow(name('once')), { phase: 'Failed', says, nodes: once }, 0),
    task(log, name('task'), steps(name('task')), { phase: 'Succeeded', nodes: inSteps }),
    batch(log, name('batch'), steps(name('batch')), { phase: 'Succeeded', nodes: inSteps }),
    workflow(name('workflow'), tasks, { phase: 'Succeeded', nodes: inJobs }),
  ]
}

export interface Target {
  pod: string
  job: string
}

/** The pods of a fault's targets, once each of them waits. */
export async function waitingTargets(
  { env, namespace, lines, ids }: Round,
  fault: string,
): Promise<Target[]> {
  let found: Target[] = []
  const wanted = ['flow', 'once', 'task', 'batch', 'workflow']
  await until(
    () =>
      `the targets of ${fault} wait; of ${ids.size} runs with ${lines()} containers these do: ${found.map(({ pod }) => pod)}`,
    async () => {
      const { items } = await env.kube.list(`/api/v1/namespaces/${namespace}/pods`)
      found = items
        .filter((pod) => runNameOf(pod).startsWith(`${fault}-`) && isWaiting(pod))
        .map((pod) => ({ pod: String(objectAt(pod, 'metadata').name), job: ownerOf(pod) }))
      return found.length === wanted.length
    },
  )
  return found
}

const runNameOf = (pod: JsonObject): string =>
  String(objectAt(objectAt(pod, 'metadata'), 'annotations')[RUN_ID_ANNOTATION] ?? '').split('/')[2] ?? ''

const ownerOf = (pod: JsonObject): string =>
  String(listAt(objectAt(pod, 'metadata'), 'ownerReferences').filter(isJsonObject)[0]?.name ?? '')

/** Whether its container `waits` runs. */
function isWaiting(pod: JsonObject): boolean {
  const status = objectAt(pod, 'status')
  const all = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')]
  const waits = all.filter(isJsonObject).find(({ name }) => name === 'waits')
  return waits !== undefined && objectAt(waits, 'state').running !== undefined
}

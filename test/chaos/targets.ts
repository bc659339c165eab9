import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { RUN_ID_ANNOTATION } from '../../src/model/labels.ts'
import type { OutcomeType } from '../../src/model/outcome.ts'
import { until } from '../until.ts'
import type { ExpectedNode, ExpectedRun } from './expected.ts'
import type { Wave } from './fault.ts'
import {
  batch,
  container,
  type Ground,
  jobFlow,
  jobSpec,
  lingers,
  RETRIES,
  script,
  task,
  workflow,
} from './manifests.ts'

/** How an attempt ends that a third party takes away, and what must be said of it. */
export interface Loss {
  outcome: OutcomeType
  says: RegExp
}

/**
 * Runs that wait in their first attempt until somebody takes it away: one of each kind that is tried again, and
 * one whose author allows no second try.
 */
export function victims(ground: Ground, fault: string, { outcome, says }: Loss): ExpectedRun[] {
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
      { name: 'waits', jobTemplate: jobSpec(ground, 'waits', lingers('waits', of)) },
      {
        name: 'after',
        dependencies: ['waits'],
        jobTemplate: jobSpec(ground, 'after', script('after', 1)),
      },
    ],
  })
  const steps = (of: string): JsonObject[] => [
    container('first', script('first', 1)),
    container('waits', lingers('waits', of)),
    container('after', script('after', 1)),
  ]
  const kube = (step: string, text: string, more: JsonObject = {}): JsonObject => ({
    name: step,
    type: 'kube-job',
    job: { spec: jobSpec(ground, step, text) },
    ...more,
  })
  const tasks = [
    kube('waits', lingers('waits', name('workflow')), { next: 'after' }),
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
    task(ground, name('task'), steps(name('task')), { phase: 'Succeeded', nodes: inSteps }),
    batch(ground, name('batch'), steps(name('batch')), { phase: 'Succeeded', nodes: inSteps }),
    workflow(name('workflow'), tasks, { phase: 'Succeeded', nodes: inJobs }),
  ]
}

export interface Victim {
  pod: string
  job: string
}

/** The pods of a fault's victims, as soon as each of them waits. */
export async function waitingOf({ world, namespace, lines, ids }: Wave, fault: string): Promise<Victim[]> {
  let found: Victim[] = []
  const wanted = ['flow', 'once', 'task', 'batch', 'workflow']
  await until(
    () =>
      `the victims of ${fault} wait; of ${ids.size} runs with ${lines()} containers these do: ${found.map(({ pod }) => pod)}`,
    async () => {
      const { items } = await world.kube.list(`/api/v1/namespaces/${namespace}/pods`)
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

/** Its container `waits` runs. */
function isWaiting(pod: JsonObject): boolean {
  const status = objectAt(pod, 'status')
  const all = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')]
  const waits = all.filter(isJsonObject).find(({ name }) => name === 'waits')
  return waits !== undefined && objectAt(waits, 'state').running !== undefined
}

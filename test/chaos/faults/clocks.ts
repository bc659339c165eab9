import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectAt } from '../../../src/lib/json.ts'
import { until } from '../../until.ts'
import { addNode, deleteNode, podOn } from '../cluster-node.ts'
import type { ExpectedNode } from '../expected.ts'
import type { Fault, Round } from '../fault.ts'
import { FAULT_NODES } from '../load.ts'
import { container, jobFlow, jobSpec, script } from '../manifests.ts'
import type { SideEffectLog } from '../side-effect-log.ts'

const SKEWED = FAULT_NODES[1] ?? ''
const NAME = 'skewed'

/** How far the node's clock is off, in hours. */
const offsetHours = { behind: -7, ahead: 7 }
/** Longer than the interval at which waiting attempts are re-checked. */
const RECHECK_MS = 12_000
/** The watch reports the end of a pod, whatever its timestamps say. */
const REPORTED_MS = 10_000

const good: ExpectedNode = { phase: 'Succeeded', outcomes: ['succeeded'], steps: [] }
const bad: ExpectedNode = { phase: 'Failed', outcomes: ['failed'], steps: [] }
/** The expected node for each course that a pod on the cluster node takes, by the name of its flow. */
const courses = { good, waits: good, restarts: good, bad }
type Course = keyof typeof courses

const flows = Object.keys(offsetHours).flatMap((clock) =>
  Object.keys(courses).map((course) => `${clock}-${course}`),
)

/** No container runs there: the suite writes what a kubelet with such a clock would write. */
export const clockSkewed: Fault = {
  name: 'clock-skewed',
  about: 'the clock of one cluster node is seven hours behind, then ahead',
  runs: (log) => [
    jobFlow(
      NAME,
      { flows: flows.map((name) => ({ name, jobTemplate: pinned(log) })) },
      {
        phase: 'Failed',
        says: /container main exited with code 4/,
        nodes: Object.fromEntries(
          Object.keys(offsetHours).flatMap((clock) =>
            Object.entries(courses).map(([course, node]) => [`${clock}-${course}`, node]),
          ),
        ),
      },
      0,
    ),
  ],
  before: (round) => addNode(round, SKEWED),
  async inject(round) {
    await Promise.all(
      Object.entries(offsetHours).map(async ([clock, hours]) => {
        const kubelet = async (course: Course): Promise<Kubelet> =>
          new Kubelet(round, await podOn(round, SKEWED, `${NAME}-${clock}-${course}`), hours)
        await waits(await kubelet('waits'))
        await restarts(await kubelet('restarts'))
        await sleep(RECHECK_MS)
        for (const course of ['waits', 'restarts', 'good'] as const) await (await kubelet(course)).end(0)
        await (await kubelet('bad')).end(4)
      }),
    )
    const since = performance.now()
    await until('its run ends', async () => (await round.statusOf(NAME))?.endedAt !== undefined)
    const ms = Math.round(performance.now() - since)
    return [{ name: 'an end with skewed timestamps is recorded', ms, limitMs: REPORTED_MS }]
  },
  recover: async (round) => {
    await deleteNode(round, SKEWED)
    return []
  },
}

const pinned = (log: SideEffectLog): JsonObject =>
  jobSpec(log, 'main', script('main', 1), {
    nodeName: SKEWED,
    tolerations: [{ operator: 'Exists' }],
    initContainers: [container('init', script('init', 1))],
  })

/** The registry is unavailable for a moment. */
const waits = (kubelet: Kubelet): Promise<unknown> =>
  kubelet.writeStatus('Pending', {
    containerStatuses: [status('main', { waiting: { reason: 'ErrImagePull', message: 'not now' } })],
  })

/** The node restarts between two containers: the pod's sandbox is created again. */
const restarts = (kubelet: Kubelet): Promise<unknown> => {
  const at = kubelet.now()
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at }
  return kubelet.writeStatus('Pending', {
    conditions: [{ type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime: at }],
    initContainerStatuses: [status('init', { terminated })],
    containerStatuses: [status('main', { waiting: { reason: 'PodInitializing' } })],
  })
}

const status = (name: string, state: JsonObject): JsonObject => ({
  name,
  image: 'busybox:1.28',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
})

/** Writes a pod's status with the times of a clock that is `hours` off. */
class Kubelet {
  readonly #round: Round
  readonly #path: string
  readonly #hours: number

  constructor(round: Round, pod: JsonObject, hours: number) {
    this.#round = round
    this.#path = `/api/v1/namespaces/${round.namespace}/pods/${objectAt(pod, 'metadata').name}/status`
    this.#hours = hours
  }

  now(): string {
    return new Date(Date.now() + this.#hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  }

  writeStatus(phase: string, more: JsonObject): Promise<JsonObject> {
    const status = { phase, startTime: this.now(), ...more }
    return this.#round.env.kube.patch(this.#path, { status })
  }

  async end(exitCode: number): Promise<void> {
    const startedAt = this.now()
    await this.writeStatus('Running', {
      conditions: [],
      containerStatuses: [status('main', { running: { startedAt } })],
    })
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    const terminated = { exitCode, reason, startedAt, finishedAt: this.now() }
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
    await this.writeStatus(phase, { containerStatuses: [status('main', { terminated })] })
  }
}

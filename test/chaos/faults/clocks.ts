import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectAt } from '../../../src/lib/json.ts'
import { until } from '../../until.ts'
import { addNode, dropNode, podOn } from '../cluster-node.ts'
import type { ExpectedNode } from '../expected.ts'
import type { Fault, Wave } from '../fault.ts'
import { OTHER_NODES } from '../load.ts'
import { container, type Ground, jobFlow, jobSpec, script } from '../manifests.ts'

const SKEWED = OTHER_NODES[1] ?? ''
const NAME = 'skewed'

/** By which the node's clock is wrong, in hours. */
const clocks = { behind: -7, ahead: 7 }
/** Longer than the pause between two looks at what time alone decides. */
const LOOK_MS = 12_000
/** An end is told by the watch: no clock has a part in it. */
const TOLD_MS = 10_000

const good: ExpectedNode = { phase: 'Succeeded', outcomes: ['succeeded'], steps: [] }
const bad: ExpectedNode = { phase: 'Failed', outcomes: ['failed'], steps: [] }
/** What a pod on the node goes through, by the name of its flow. */
const lives = { good, waits: good, restarts: good, bad }
type Life = keyof typeof lives

const flows = Object.keys(clocks).flatMap((clock) => Object.keys(lives).map((life) => `${clock}-${life}`))

/** No container runs there: the suite says what a kubelet with such a clock would say. */
export const clockSkewed: Fault = {
  name: 'clock-skewed',
  about: 'the clock of one cluster node is seven hours behind, then ahead',
  runs: (ground) => [
    jobFlow(
      NAME,
      { flows: flows.map((name) => ({ name, jobTemplate: pinned(ground) })) },
      {
        phase: 'Failed',
        says: /container main exited with code 4/,
        nodes: Object.fromEntries(
          Object.keys(clocks).flatMap((clock) =>
            Object.entries(lives).map(([life, node]) => [`${clock}-${life}`, node]),
          ),
        ),
      },
      0,
    ),
  ],
  before: (wave) => addNode(wave, SKEWED),
  async strike(wave) {
    await Promise.all(
      Object.entries(clocks).map(async ([clock, hours]) => {
        const kubelet = async (life: Life): Promise<Kubelet> =>
          new Kubelet(wave, await podOn(wave, SKEWED, `${NAME}-${clock}-${life}`), hours)
        await waits(await kubelet('waits'))
        await restarts(await kubelet('restarts'))
        await sleep(LOOK_MS)
        for (const life of ['waits', 'restarts', 'good'] as const) await (await kubelet(life)).ends(0)
        await (await kubelet('bad')).ends(4)
      }),
    )
    const since = performance.now()
    await until('its run ends', async () => (await wave.statusOf(NAME))?.endedAt !== undefined)
    const ms = Math.round(performance.now() - since)
    return [{ name: 'an end by a skewed clock counts', ms, limitMs: TOLD_MS }]
  },
  heal: async (wave) => {
    await dropNode(wave, SKEWED)
    return []
  },
}

const pinned = (ground: Ground): JsonObject =>
  jobSpec(ground, 'main', script('main', 1), {
    nodeName: SKEWED,
    tolerations: [{ operator: 'Exists' }],
    initContainers: [container('init', script('init', 1))],
  })

/** A registry that is away for a moment. */
const waits = (kubelet: Kubelet): Promise<unknown> =>
  kubelet.says('Pending', {
    containerStatuses: [status('main', { waiting: { reason: 'ErrImagePull', message: 'not now' } })],
  })

/** A restart of the node between two containers: the pod's sandbox is made anew. */
const restarts = (kubelet: Kubelet): Promise<unknown> => {
  const at = kubelet.now()
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at }
  return kubelet.says('Pending', {
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
  readonly #wave: Wave
  readonly #path: string
  readonly #hours: number

  constructor(wave: Wave, pod: JsonObject, hours: number) {
    this.#wave = wave
    this.#path = `/api/v1/namespaces/${wave.namespace}/pods/${objectAt(pod, 'metadata').name}/status`
    this.#hours = hours
  }

  now(): string {
    return new Date(Date.now() + this.#hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  }

  says(phase: string, more: JsonObject): Promise<JsonObject> {
    const status = { phase, startTime: this.now(), ...more }
    return this.#wave.world.kube.patch(this.#path, { status })
  }

  async ends(exitCode: number): Promise<void> {
    const startedAt = this.now()
    await this.says('Running', {
      conditions: [],
      containerStatuses: [status('main', { running: { startedAt } })],
    })
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    const terminated = { exitCode, reason, startedAt, finishedAt: this.now() }
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
    await this.says(phase, { containerStatuses: [status('main', { terminated })] })
  }
}

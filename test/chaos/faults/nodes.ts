import type { JsonObject } from '../../../src/json.ts'
import { objectAt } from '../../../src/plan/overlay.ts'
import { until } from '../../until.ts'
import type { Fault } from '../fault.ts'
import { OTHER_NODES } from '../load.ts'
import { jobFlow, jobSpec, script } from '../manifests.ts'
import type { Wave } from '../wave.ts'

const [DOOMED = '', SKEWED = ''] = OTHER_NODES
const MARK = 'chaos.example.com/node'

/** A cluster node with no kubelet: what is on it is as the suite says that it is. */
async function addNode({ world }: Wave, name: string): Promise<void> {
  const now = new Date().toISOString()
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now }
  const room = { cpu: '8', memory: '16Gi', pods: '100' }
  await world.kube.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [MARK]: name } },
    // Pods come here only when they want to.
    spec: { taints: [{ key: MARK, value: name, effect: 'NoSchedule' }] },
  })
  await world.kube.patch(`/api/v1/nodes/${name}/status`, {
    status: { capacity: room, allocatable: room, conditions: [ready] },
  })
}

const dropNode = ({ world }: Wave, name: string): Promise<void> =>
  world.kube.delete(`/api/v1/nodes/${name}`).catch(() => undefined)

/** Goes to the node as long as there is one, whatever is wrong with it. */
const wanting = (name: string): JsonObject => ({
  tolerations: [{ operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [{ key: MARK, operator: 'In', values: [name] }] } },
      ],
    },
  },
})

async function podOn({ world, namespace }: Wave, name: string, job: string): Promise<JsonObject> {
  let found: JsonObject | undefined
  await until(`a pod of ${job} on ${name}`, async () => {
    const { items } = await world.kube.list(`/api/v1/namespaces/${namespace}/pods`, {
      fields: `spec.nodeName=${name}`,
    })
    found = items.find((pod) => String(objectAt(pod, 'metadata').name).startsWith(`${job}-`))
    return found !== undefined
  })
  return found ?? {}
}

/** Kubernetes removes what was on it, a minute or so later, and the next attempt goes elsewhere. */
const nodeDeleted: Fault = {
  name: 'node-deleted',
  about: 'a cluster node disappears with a pod on it',
  long: true,
  runs: (ground) => [
    jobFlow(
      'homeless',
      {
        flows: [
          { name: 'moves', jobTemplate: jobSpec(ground, 'moves', script('moves', 1), wanting(DOOMED)) },
        ],
      },
      {
        phase: 'Succeeded',
        nodes: {
          moves: {
            phase: 'Succeeded',
            outcomes: ['lost', 'succeeded'],
            steps: ['moves'],
            lostSays: /node/,
          },
        },
      },
    ),
  ],
  before: (wave) => addNode(wave, DOOMED),
  async strike(wave) {
    await podOn(wave, DOOMED, 'homeless-moves')
    await dropNode(wave, DOOMED)
  },
  heal: async (wave) => {
    await dropNode(wave, DOOMED)
  },
}

/** By which the node's clock is wrong, in hours. */
const SKEWS = { behind: -7, ahead: 7 }

/** Pods whose kubelet's clock is hours off: their ends count all the same, and at once. */
const clockSkewed: Fault = {
  name: 'clock-skewed',
  about: 'the clock of a cluster node is seven hours behind, then ahead',
  runs: (ground) => [
    jobFlow(
      'skewed',
      {
        flows: Object.keys(SKEWS).flatMap((name) =>
          ['good', 'bad'].map((end) => ({
            name: `${name}-${end}`,
            jobTemplate: jobSpec(ground, 'main', script('main', 1), {
              nodeName: SKEWED,
              tolerations: [{ operator: 'Exists' }],
            }),
          })),
        ),
      },
      {
        phase: 'Failed',
        says: /container main exited with code 4/,
        nodes: Object.fromEntries(
          Object.keys(SKEWS).flatMap((name) => [
            [`${name}-good`, { phase: 'Succeeded', outcomes: ['succeeded'], steps: [] }],
            [`${name}-bad`, { phase: 'Failed', outcomes: ['failed'], steps: [] }],
          ]),
        ),
      },
    ),
  ],
  before: (wave) => addNode(wave, SKEWED),
  async strike(wave) {
    for (const [name, hours] of Object.entries(SKEWS)) {
      await play(wave, await podOn(wave, SKEWED, `skewed-${name}-good`), hours, 0)
      await play(wave, await podOn(wave, SKEWED, `skewed-${name}-bad`), hours, 4)
    }
    const since = Date.now()
    await until('its run ends', async () => (await wave.statusOf('skewed'))?.endedAt !== undefined)
    return [{ name: 'an end by a skewed clock counts', ms: Date.now() - since, limitMs: 10_000 }]
  },
  heal: async (wave) => {
    await dropNode(wave, SKEWED)
  },
}

/** Says of a pod what a kubelet would, by a clock that is `hours` off. */
async function play(
  { world, namespace }: Wave,
  pod: JsonObject,
  hours: number,
  exitCode: number,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${objectAt(pod, 'metadata').name}/status`
  const now = (): string => new Date(Date.now() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const startedAt = now()
  const container = (state: JsonObject): JsonObject => ({
    name: 'main',
    image: 'busybox:1.28',
    imageID: '',
    ready: false,
    restartCount: 0,
    state,
  })
  const say = (phase: string, state: JsonObject): Promise<JsonObject> =>
    world.kube.patch(path, { status: { phase, startTime: startedAt, containerStatuses: [container(state)] } })
  await say('Running', { running: { startedAt } })
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  await say(exitCode === 0 ? 'Succeeded' : 'Failed', {
    terminated: { exitCode, reason, startedAt, finishedAt: now() },
  })
}

export const nodeFaults = [nodeDeleted, clockSkewed]

import type { JsonObject } from '../../../src/lib/json.ts'
import { addNode, deleteNode, MARK, podOn } from '../cluster-node.ts'
import type { Fault } from '../fault.ts'
import { FAULT_NODES } from '../load.ts'
import { jobFlow, jobSpec, script } from '../manifests.ts'

const [REMOVED = ''] = FAULT_NODES

/** Prefers the node while it exists, and tolerates every taint. */
const preferNode = (name: string): JsonObject => ({
  tolerations: [{ operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, preference: { matchExpressions: [{ key: MARK, operator: 'In', values: [name] }] } },
      ],
    },
  },
})

/** Kubernetes removes its pods about a minute later, and the next attempt runs on another node. */
const nodeDeleted: Fault = {
  name: 'node-deleted',
  about: 'a cluster node disappears with a pod on it',
  long: true,
  runs: (log) => [
    jobFlow(
      'rescheduled',
      {
        flows: [
          { name: 'moves', jobTemplate: jobSpec(log, 'moves', script('moves', 1), preferNode(REMOVED)) },
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
  before: (round) => addNode(round, REMOVED),
  async inject(round) {
    await podOn(round, REMOVED, 'rescheduled-moves')
    await deleteNode(round, REMOVED)
  },
  recover: async (round) => {
    await deleteNode(round, REMOVED)
  },
}

export const nodeFaults = [nodeDeleted]

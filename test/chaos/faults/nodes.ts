import type { JsonObject } from '../../../src/lib/json.ts'
import { addNode, dropNode, MARK, podOn } from '../cluster-node.ts'
import type { Fault } from '../fault.ts'
import { OTHER_NODES } from '../load.ts'
import { jobFlow, jobSpec, script } from '../manifests.ts'

const [DOOMED = ''] = OTHER_NODES

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

export const nodeFaults = [nodeDeleted]

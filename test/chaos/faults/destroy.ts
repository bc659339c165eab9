import type { Fault, Wave } from '../fault.ts'
import { batch, container, type Ground, isFirst, jobFlow, jobSpec, script } from '../manifests.ts'
import { type Loss, type Victim, victims, waitingOf } from '../targets.ts'

/** A third party takes away what runs: of each kind of run one attempt. */
function taken(
  name: string,
  about: string,
  loss: Loss,
  take: (wave: Wave, victim: Victim) => Promise<unknown>,
): Fault {
  return {
    name,
    about,
    runs: (ground) => victims(ground, name, loss),
    async strike(wave) {
      for (const victim of await waitingOf(wave, name)) await take(wave, victim)
    },
  }
}

const jobDeleted = taken(
  'job-deleted',
  'somebody deletes Jobs whose containers run',
  { outcome: 'lost', says: /delete/ },
  ({ world, namespace }, { job }) =>
    world.kube.delete(`/apis/batch/v1/namespaces/${namespace}/jobs/${job}`, {
      propagationPolicy: 'Background',
    }),
)

const podDeleted = taken(
  'pod-deleted',
  'somebody deletes pods that run',
  { outcome: 'lost', says: /delete/ },
  ({ world, namespace }, { pod }) => world.kube.delete(`/api/v1/namespaces/${namespace}/pods/${pod}`, {}),
)

const podEvicted = taken(
  'pod-evicted',
  'pods that run are evicted, as a drain of their cluster node does it',
  { outcome: 'evicted', says: /evict/i },
  ({ world, namespace }, { pod }) =>
    world.kube.create(`/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace },
    }),
)

/** Enough for a shell, and not for what it is told to read. */
const resources = { limits: { memory: '24Mi' } }
const EAT = 'tail /dev/zero'

/** That it needs too much is the job's own failure, and is tried again only where those are. */
const outOfMemory: Fault = {
  name: 'out-of-memory',
  about: 'the kernel kills containers that use more memory than they may',
  runs: (ground: Ground) => [
    jobFlow(
      'oom-flow',
      {
        flows: [
          { name: 'eats', jobTemplate: jobSpec(ground, 'eats', script('eats', 1, EAT), {}, { resources }) },
        ],
      },
      {
        phase: 'Failed',
        says: /OOMKilled/,
        nodes: { eats: { phase: 'Failed', outcomes: ['failed'], steps: ['eats'] } },
      },
    ),
    batch(
      ground,
      'oom-batch',
      [container('eats', script('eats', 1, `if ${isFirst('oom-batch')}; then ${EAT}; fi`))],
      {
        phase: 'Succeeded',
        nodes: { steps: { phase: 'Succeeded', outcomes: ['failed', 'succeeded'], steps: ['eats'] } },
      },
      { resources },
    ),
  ],
  // They do it to themselves.
  strike: async () => undefined,
}

export const destroyingFaults = [jobDeleted, podDeleted, podEvicted, outOfMemory]

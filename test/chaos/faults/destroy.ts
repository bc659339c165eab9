import type { Fault, Round } from '../fault.ts'
import { batch, container, isFirst, jobFlow, jobSpec, script } from '../manifests.ts'
import { type Loss, type Target, targets, waitingTargets } from '../targets.ts'

/** Somebody else removes one attempt of each kind of run. */
function removed(
  name: string,
  about: string,
  loss: Loss,
  remove: (round: Round, target: Target) => Promise<unknown>,
): Fault {
  return {
    name,
    about,
    runs: (log) => targets(log, name, loss),
    async inject(round) {
      for (const target of await waitingTargets(round, name)) await remove(round, target)
    },
  }
}

const jobDeleted = removed(
  'job-deleted',
  'somebody deletes Jobs whose containers are running',
  { outcome: 'lost', says: /delete/ },
  ({ env, namespace }, { job }) =>
    env.kube.delete(`/apis/batch/v1/namespaces/${namespace}/jobs/${job}`, {
      propagationPolicy: 'Background',
    }),
)

const podDeleted = removed(
  'pod-deleted',
  'somebody deletes running pods',
  { outcome: 'lost', says: /delete/ },
  ({ env, namespace }, { pod }) => env.kube.delete(`/api/v1/namespaces/${namespace}/pods/${pod}`, {}),
)

const podEvicted = removed(
  'pod-evicted',
  'running pods are evicted, as by a drain of their cluster node',
  { outcome: 'evicted', says: /evict/i },
  ({ env, namespace }, { pod }) =>
    env.kube.create(`/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace },
    }),
)

/** Enough for a shell, and too little for `tail /dev/zero`. */
const resources = { limits: { memory: '24Mi' } }
const ALLOCATE = 'tail /dev/zero'

/** An OOM kill is the job's own failure, and is retried only where those are retried. */
const outOfMemory: Fault = {
  name: 'out-of-memory',
  about: 'the kernel kills containers that exceed their memory limit',
  runs: (log) => [
    jobFlow(
      'oom-flow',
      {
        flows: [
          { name: 'eats', jobTemplate: jobSpec(log, 'eats', script('eats', 1, ALLOCATE), {}, { resources }) },
        ],
      },
      {
        phase: 'Failed',
        says: /OOMKilled/,
        nodes: { eats: { phase: 'Failed', outcomes: ['failed'], steps: ['eats'] } },
      },
    ),
    batch(
      log,
      'oom-batch',
      [container('eats', script('eats', 1, `if ${isFirst('oom-batch')}; then ${ALLOCATE}; fi`))],
      {
        phase: 'Succeeded',
        nodes: { steps: { phase: 'Succeeded', outcomes: ['failed', 'succeeded'], steps: ['eats'] } },
      },
      { resources },
    ),
  ],
  // The containers of its runs cause it themselves.
  inject: async () => undefined,
}

export const destroyingFaults = [jobDeleted, podDeleted, podEvicted, outOfMemory]

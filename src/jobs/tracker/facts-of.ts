import type { Facts } from '../observe/facts.ts'
import type { TrackedJob } from './tracked-job.ts'

/** The facts with the most informative pod: the first that failed by itself, else the last seen. */
export function factsOf({ job, pods, isSettled }: TrackedJob): Facts {
  const all = [...pods.values()]
  const byItself = all.filter(
    (one) => one.phase === 'Failed' && !one.disruption && one.deletionDeadline === undefined,
  )
  const first = byItself.toSorted((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''))[0]
  // Kubernetes may have retried by itself: the pod that completed the Job counts.
  const good = job.complete ? all.findLast(({ phase }) => phase === 'Succeeded') : undefined
  const bad = job.singlePod ? undefined : (first ?? all.find(({ phase }) => phase === 'Failed'))
  const pod = good ?? bad ?? all.at(-1)
  return { job, ...(pod ? { pod } : {}), ...(isSettled ? { isSettled } : {}) }
}

import type { PodFacts } from './facts.ts'

/**
 * The current facts of a pod, with those that only earlier observations show: what a container waited for,
 * and since when by our own clock. Timestamps of a kubelet follow its node's clock, which may be hours off,
 * so they cannot measure a time until now. A restarted worker starts counting again.
 */
export function carryOver(facts: PodFacts, before: PodFacts | undefined, nowMs: number): PodFacts {
  const now = new Date(nowMs).toISOString()
  const { waiting, sandboxLostAt } = facts
  // When a pod is ended, the kubelet drops what a container of it waited for.
  const waited = before?.waiting ?? before?.waited
  // The reason alternates while an image pull is retried.
  const waits = waiting && before?.waiting?.container === waiting.container
  const isLost = sandboxLostAt !== undefined && before?.sandboxLostAt === sandboxLostAt
  return {
    ...facts,
    ...(waited && !waiting ? { waited } : {}),
    ...(waiting ? { waitingSince: (waits && before.waitingSince) || now } : {}),
    ...(sandboxLostAt === undefined ? {} : { sandboxLostSince: (isLost && before.sandboxLostSince) || now }),
  }
}

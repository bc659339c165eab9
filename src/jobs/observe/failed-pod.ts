import type { Outcome } from '../../model/outcome.ts'
import type { PodFacts } from './facts.ts'

/** Reasons of a kubelet without room or in shutdown: another node, or a later time, may work. */
const noRoom = new Set([
  'OutOfcpu',
  'OutOfmemory',
  'OutOfpods',
  'OutOfephemeral-storage',
  'UnexpectedAdmissionError',
  'NodeShutdown',
  'Terminated',
])

/** The runtime or kubelet restarted and did not observe the container's end. The exit code is invented. */
const unseenEnds = new Set(['Unknown', 'ContainerStatusUnknown'])

/** Reason of a container killed because the container runtime was stopped during its start. */
const START_CUT_OFF = 'StartCutOff'

export function failedPod(pod: PodFacts): Omit<Outcome, 'startedAt' | 'endedAt'> {
  const { container, disruption } = pod
  if (disruption || pod.reason === 'Evicted' || pod.reason === 'Preempting') {
    const reason = disruption?.reason ?? pod.reason ?? 'Evicted'
    const lost = reason === 'DeletionByPodGC' || reason === 'DeletionByTaintManager'
    const message = disruption?.message ?? pod.message ?? `pod ${pod.name} was evicted`
    return { type: lost ? 'lost' : 'evicted', reason, message: onNode(message, pod) }
  }
  if (pod.reason === 'DeadlineExceeded') {
    return { type: 'timedOut', reason: pod.reason, message: deadlineMessage(pod) }
  }
  if (pod.reason !== undefined && noRoom.has(pod.reason)) {
    return { type: 'evicted', reason: pod.reason, message: onNode(pod.message ?? pod.reason, pod) }
  }
  if (container?.reason !== undefined && unseenEnds.has(container.reason)) {
    const { name, reason, message } = container
    const told = message === undefined ? '' : `: ${message}`
    return {
      type: 'lost',
      reason,
      message: onNode(`${called(name, pod)} ended while it was not observed${told}`, pod),
    }
  }
  if (container?.cutOff) {
    const message = `${called(container.name, pod)} was killed because the container runtime was stopped during its start`
    return { type: 'lost', reason: START_CUT_OFF, message: onNode(message, pod) }
  }
  if (container && container.exitCode !== 0) return failedContainer(container, called(container.name, pod))
  const reason = pod.reason ?? 'PodFailed'
  return {
    type: container ? 'failed' : 'refused',
    reason,
    message: onNode(pod.message ?? `pod ${pod.name}: ${reason}`, pod),
  }
}

/** Names the step that timed out and what it waited for. */
function deadlineMessage(pod: PodFacts): string {
  const { message = 'the pod exceeded its deadline', steps, waited, nextImage } = pod
  const step = steps?.find(({ phase }) => phase !== 'Succeeded')
  if (!step) return message
  if (step.startedAt !== undefined) return `step ${step.name} was running: ${message}`
  const why = waited ? `, ${waited.reason}` : ''
  return `step ${step.name} had not started (image ${nextImage}${why}): ${message}`
}

/** A step's container goes by the author's name of the step. */
export function called(container: string, { steps }: PodFacts): string {
  const step = steps?.find((each) => (each.container ?? each.name) === container)
  return step ? `step ${step.name}` : `container ${container}`
}

function failedContainer(
  { exitCode, signal, reason, message }: NonNullable<PodFacts['container']>,
  who: string,
): Outcome {
  const by = signal ? ` (signal ${signal})` : ''
  const why = reason !== undefined && reason !== 'Error' ? `, ${reason}` : ''
  const said = message === undefined ? '' : `: ${message.trim().slice(0, 300)}`
  return {
    type: 'failed',
    exitCode,
    reason: reason ?? 'Error',
    message: `${who} exited with code ${exitCode}${by}${why}${said}`,
  }
}

export function imageMessage({ container, reason, message }: NonNullable<PodFacts['waiting']>): string {
  return `container ${container}: ${reason}${message === undefined ? '' : `: ${message}`}`
}

export const onNode = (message: string, { clusterNode }: PodFacts): string =>
  clusterNode === undefined || message.includes(clusterNode)
    ? message
    : `${message} (cluster node ${clusterNode})`

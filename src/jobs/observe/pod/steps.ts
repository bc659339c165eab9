import { containerStatuses } from '../../../kubernetes/status/container-state.ts'
import { isJsonObject, type JsonObject, listAt, objectAt } from '../../../lib/json.ts'
import { STEPS_ANNOTATION } from '../../../model/labels.ts'
import type { StepEnd } from '../../../model/outcome.ts'
import { text } from '../job.ts'
import { startOf, wasCutOff } from './start.ts'
import { waitingFor } from './waiting.ts'

/** Characters kept of a container's message: a pod may have a hundred steps. */
const MAX_MESSAGE = 200

/**
 * The steps of a sequence's pod in execution order, matched by container name: the kubelet may sort statuses
 * in any order. undefined for any other pod.
 */
export function observeSteps(pod: JsonObject): StepEnd[] | undefined {
  const names = namesOf(pod)
  if (!names) return undefined
  const status = objectAt(pod, 'status')
  const byName = new Map(containerStatuses(pod).map((each) => [each.name, each]))
  // A webhook may have added containers.
  const containers = containersOf(pod).filter(({ name }) => Object.hasOwn(names, String(name)))
  const isOver = status.phase === 'Failed' || status.phase === 'Succeeded'
  return containers.map(({ name }) => {
    const container = String(name)
    const step = typeof names[container] === 'string' ? String(names[container]) : container
    return {
      name: step,
      ...(step === container ? {} : { container }),
      ...stateOf(byName.get(container), isOver),
    }
  })
}

/** Image of the first step that has not succeeded. */
export function imageOf(pod: JsonObject, steps: readonly StepEnd[]): unknown {
  const step = steps.find(({ phase }) => phase !== 'Succeeded')
  return containersOf(pod).find(({ name }) => name === (step?.container ?? step?.name))?.image
}

/** In execution order. */
function containersOf(pod: JsonObject): JsonObject[] {
  const spec = objectAt(pod, 'spec')
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].filter(isJsonObject)
}

function namesOf(pod: JsonObject): JsonObject | undefined {
  const note = objectAt(objectAt(pod, 'metadata'), 'annotations')[STEPS_ANNOTATION]
  if (typeof note !== 'string') return undefined
  try {
    const names: unknown = JSON.parse(note)
    return isJsonObject(names) ? names : undefined
  } catch {
    return undefined
  }
}

function stateOf(status: JsonObject | undefined, isOver: boolean): Omit<StepEnd, 'name'> {
  const { terminated, running } = objectAt(status ?? {}, 'state')
  if (isJsonObject(terminated) && hasBegun(terminated)) {
    const { exitCode, reason, message, finishedAt } = terminated
    return {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      ...(typeof exitCode === 'number' ? { exitCode } : {}),
      ...(exitCode === 0 ? {} : text('reason', reason)),
      ...text('message', clip(message)),
      ...text('startedAt', startOf(terminated)),
      ...text('endedAt', finishedAt),
    }
  }
  if (isOver) return { phase: 'Skipped' }
  if (isJsonObject(running)) return { phase: 'Running', ...text('startedAt', running.startedAt) }
  const waiting = waitingFor(status ?? {})
  return {
    phase: 'Pending',
    ...(waiting ? { reason: waiting.reason, ...text('message', clip(waiting.message)) } : {}),
  }
}

/** When a pod is ended early, the kubelet also reports an end for containers that never started. */
const hasBegun = (terminated: JsonObject): boolean =>
  startOf(terminated) !== undefined || wasCutOff(terminated)

const clip = (message: unknown): unknown =>
  typeof message === 'string' && message.length > MAX_MESSAGE
    ? `${message.slice(0, MAX_MESSAGE - 1)}…`
    : message

import { conditionOf } from '../../../kubernetes/status/conditions.ts'
import { containerStatuses } from '../../../kubernetes/status/container-state.ts'
import { isJsonObject, type JsonObject, listAt, objectAt } from '../../../lib/json.ts'
import type { ContainerEnd, PodFacts } from '../facts.ts'
import { conditionFacts, text } from '../job.ts'
import { observeOutput } from './output.ts'
import { startOf, wasCutOff } from './start.ts'
import { imageOf, observeSteps } from './steps.ts'
import { waitingFor } from './waiting.ts'

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const

/** A v1 Pod → its facts. */
export function observePod(pod: JsonObject): PodFacts {
  const metadata = objectAt(pod, 'metadata')
  const status = objectAt(pod, 'status')
  const main = listAt(status, 'containerStatuses').filter(isJsonObject)
  const all = containerStatuses(pod)
  const sidecars = sidecarNames(pod)
  const ends = all.filter(({ name }) => !sidecars.has(name)).flatMap((one) => timedEnd(one) ?? [])
  const container = failing(ends) ?? ends.at(-1)?.end
  const disruption = conditionOf(pod, 'DisruptionTarget')
  const unscheduled = conditionOf(pod, 'PodScheduled', 'False')
  const finished = all.map((one) => objectAt(objectAt(one, 'state'), 'terminated').finishedAt)
  const sandbox = conditionOf(pod, 'PodReadyToStartContainers', 'False')
  const wasUnderWay = status.phase === 'Pending' && finished.some((at) => at !== undefined)
  const waiting = all.flatMap((one) => waitingContainer(one) ?? [])[0]
  const steps = observeSteps(pod)
  const mayRunOnce = objectAt(pod, 'spec').restartPolicy === 'Never'
  const again = all.filter(({ name, restartCount }) => !sidecars.has(name) && Number(restartCount) > 0)
  const output = status.phase === 'Succeeded' ? observeOutput(all) : undefined
  return {
    name: String(metadata.name),
    phase: phases.find((phase) => phase === status.phase) ?? 'Unknown',
    ...text('clusterNode', objectAt(pod, 'spec').nodeName),
    ...text('deletionDeadline', metadata.deletionTimestamp),
    ...text('reason', status.reason),
    ...text('message', status.message),
    ...(disruption ? { disruption: conditionFacts(disruption) } : {}),
    ...(container ? { container } : {}),
    ...(waiting ? { waiting } : {}),
    ...text('acceptedAt', status.startTime),
    ...text('unschedulable', unscheduled?.message),
    ...(wasUnderWay ? text('sandboxLostAt', sandbox?.lastTransitionTime) : {}),
    // All steps of a sequence but the last are init containers.
    ...text('startedAt', earliest((steps ? all : main).map(startedAt))),
    ...text('endedAt', latest(finished)),
    ...(steps ? { steps, ...text('nextImage', imageOf(pod, steps)) } : {}),
    ...(mayRunOnce && again.length > 0 ? { startedAgain: again.map(({ name }) => String(name)) } : {}),
    ...(output === undefined ? {} : { output }),
  }
}

/** Sidecars are ended by a signal, whatever the result of the job. */
function sidecarNames(pod: JsonObject): Set<unknown> {
  const init = listAt(objectAt(pod, 'spec'), 'initContainers').filter(isJsonObject)
  return new Set(init.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name))
}

/** The first container to fail: later ones often fail because of it. */
function failing(ends: { at: string; end: ContainerEnd }[]): ContainerEnd | undefined {
  return ends.filter(({ end }) => end.exitCode !== 0).toSorted((a, b) => a.at.localeCompare(b.at))[0]?.end
}

function timedEnd(status: JsonObject): { at: string; end: ContainerEnd } | undefined {
  const end = containerEnd(status)
  return end && { at: String(objectAt(objectAt(status, 'state'), 'terminated').finishedAt ?? ''), end }
}

function containerEnd(status: JsonObject): ContainerEnd | undefined {
  const ended = objectAt(objectAt(status, 'state'), 'terminated')
  if (typeof ended.exitCode !== 'number') return undefined
  return {
    name: String(status.name),
    exitCode: ended.exitCode,
    ...(typeof ended.signal === 'number' ? { signal: ended.signal } : {}),
    ...text('reason', ended.reason),
    ...text('message', ended.message),
    ...(wasCutOff(ended) ? { cutOff: true } : {}),
  }
}

function waitingContainer(status: JsonObject): PodFacts['waiting'] | undefined {
  const waiting = waitingFor(status)
  return (
    waiting && {
      container: String(status.name),
      reason: waiting.reason,
      ...text('message', waiting.message),
    }
  )
}

function startedAt(status: JsonObject): unknown {
  const state = objectAt(status, 'state')
  return startOf(objectAt(state, 'terminated')) ?? startOf(objectAt(state, 'running'))
}

const texts = (values: readonly unknown[]): string[] =>
  values.filter((one) => typeof one === 'string').toSorted()
const earliest = (values: readonly unknown[]): string | undefined => texts(values)[0]
const latest = (values: readonly unknown[]): string | undefined => texts(values).at(-1)

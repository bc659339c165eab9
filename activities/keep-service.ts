import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { isReady, liveService } from '../src/jobs/observe/deployment.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import type { JsonObject } from '../src/lib/json.ts'
import type { Heartbeat } from '../src/model/messages/heartbeat.ts'
import type { ServiceChange } from '../src/model/outcome.ts'
import type { ServiceNode } from '../src/model/plan.ts'
import type { RunRef } from '../src/model/run-id.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './deps.ts'
import { isUnwanted } from './is-unwanted.ts'
import { serviceManifests } from './resources/deployment.ts'

/** A third of the heartbeat timeout. */
const HEARTBEAT_MS = 4_000
/** Shorter unreadiness (a replaced pod, one failed probe) is not worth an event in the history. */
const UNREADY_AFTER_MS = 3_000
/** How often it checks that both objects exist and the run is still wanted. */
const LOOK_AGAIN_MS = 60_000

export interface ServiceOrder {
  run: RunRef
  node: ServiceNode
  until: ServiceChange['type']
}

/**
 * Creates (or adopts) the Deployment and Service of a node and waits until they are ready, or until they are
 * unready. Recreates what somebody deletes, unless the run object itself is gone. Resolves with the change;
 * throws errors that may pass.
 */
export async function keepService(
  deps: ActivityDeps,
  { run, node, until }: ServiceOrder,
): Promise<ServiceChange> {
  const signal = cancellationSignal()
  const { services, kube, instance } = deps
  let uid = ''
  let lookAt = 0
  let unreadySince: number | undefined
  for (;;) {
    signal.throwIfAborted()
    if (uid === '' || Date.now() >= lookAt || services.takeDeleted(uid)) {
      const wasMade = uid !== ''
      const made = await makeBoth(kube, run, serviceManifests({ run, node }, instance))
      if (typeof made !== 'string') return made
      if (wasMade && made !== uid && until === 'unready')
        return {
          type: 'unready',
          message: `Deployment ${node.objectName} was deleted and is being created again`,
        }
      uid = made
      lookAt = Date.now() + LOOK_AGAIN_MS
    }
    const facts = services.get(uid)
    const ready = facts !== undefined && isReady(facts)
    const live = liveService(node, facts, services.podsOf(run.uid, node.id))
    if (until === 'ready' && ready) return { type: 'ready' }
    if (ready || facts === undefined) unreadySince = undefined
    else unreadySince ??= Date.now()
    if (until !== 'ready' && unreadySince !== undefined && Date.now() - unreadySince >= UNREADY_AFTER_MS)
      return { type: 'unready', ...(live.message === undefined ? {} : { message: live.message }) }
    const details: Heartbeat = { live: { [node.objectName]: live } }
    heartbeat(details)
    await services.changed(unreadySince === undefined ? HEARTBEAT_MS : UNREADY_AFTER_MS, signal)
  }
}

/** The Deployment's uid, or why there is none. */
async function makeBoth(
  kube: Kube,
  run: RunRef,
  { deployment, service }: { deployment: JsonObject; service: JsonObject },
): Promise<string | ServiceChange> {
  if (await isUnwanted(kube, run)) return { type: 'gone', message: `${run.kind} ${run.name} was deleted` }
  const first = await createOrAdopt(kube, service, false)
  if ('outcome' in first) return refused(first.outcome.message)
  const second = await createOrAdopt(kube, deployment, false)
  return 'outcome' in second ? refused(second.outcome.message) : second.uid
}

const refused = (message: string | undefined): ServiceChange => ({
  type: 'refused',
  ...(message === undefined ? {} : { message }),
})

import { ApplicationFailure } from '@temporalio/activity'
import { applyOverlay } from '../src/compiler/overlay.ts'
import { isNotFound } from '../src/kubernetes/client/errors.ts'
import { objectPath } from '../src/kubernetes/client/resource-path.ts'
import { objectAt } from '../src/lib/json.ts'
import { definitionTypes, kindRow } from '../src/manifests/kinds/kinds.ts'
import type { JobBody, Overlay } from '../src/model/plan.ts'
import type { ActivityDeps } from './deps.ts'

export interface TemplateOrder {
  namespace: string
  templateRef: string
  overlay: Overlay
}

/** The body from a JobTemplate that was missing at submission. Fails, to be retried, until it exists. */
export async function findTemplate({ kube }: ActivityDeps, order: TemplateOrder): Promise<JobBody> {
  const { namespace, templateRef, overlay } = order
  try {
    const template = await kube.get(objectPath(kindRow(definitionTypes.JobTemplate), namespace, templateRef))
    return applyOverlay(objectAt(objectAt(template, 'spec'), 'jobTemplate'), overlay)
  } catch (error) {
    if (!isNotFound(error)) throw error
    const failure = ApplicationFailure.retryable(`not found JobTemplate : ${templateRef}`, 'TemplateNotFound')
    failure.stack = ''
    throw failure
  }
}

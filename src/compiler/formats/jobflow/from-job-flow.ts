import type { JsonObject } from '../../../lib/json.ts'
import type { JobFlow } from '../../../manifests/kinds/job-flow.ts'
import { errorHandlerJobName, flowJobName } from '../../../model/object-names.ts'
import type { JobNode, Overlay, Plan } from '../../../model/plan.ts'
import { hasApiAccess } from '../../api-access.ts'
import { JobBodyTable, type JobSource } from '../../bodies.ts'
import type { Compiled, Lookup } from '../../lookup.ts'
import { retryFromAnnotations } from '../../retry-policy.ts'
import { checkJobFlow } from './check-job-flow.ts'

/** Node id of the ErrorHandler. */
export const ERROR_HANDLER = 'ErrorHandler'
/** Image for an ErrorHandler with only a script: small, and it has `sh`. */
const SCRIPT_IMAGE = 'busybox:1.28'

type Spec = JobFlow['spec']

/** Each flow is a node with the Job `<jobflow>-<flow>`. Globals win over jobTemplateRef and jobTemplate. */
export function fromJobFlow(manifest: JobFlow, namespace: string, lookup: Lookup): Required<Compiled> {
  const { metadata, spec } = manifest
  const bodies = new JobBodyTable(namespace, lookup)
  const { retry, issues: retryIssues } = retryFromAnnotations(metadata.annotations)
  const globals = globalOverlay(spec.globalParams)
  const node = (id: string, objectName: string, needs: string[], job: string): JobNode => ({
    type: 'job',
    id,
    needs,
    objectName,
    job,
    ...hasApiAccess(metadata.annotations),
  })
  const nodes = spec.flows.map((flow, index) => {
    const overlay = { ...globals, ...sharedVolumes(spec, flow) }
    const job = bodies.key(flow as JobSource, overlay, ['spec', 'flows', index])
    const name = flowJobName(metadata.name, flow.name)
    return node(flow.name, name, [...new Set(flow.dependencies ?? [])], job)
  })
  const plan: Plan = {
    version: 1,
    format: 'jobflow',
    kind: 'JobFlow',
    namespace,
    name: metadata.name,
    jobs: bodies.jobs,
    nodes,
    retry,
  }
  const handler = errorHandler(spec.ErrorHandler)
  if (handler) {
    const job = bodies.key(handler.source, { ...globals, ...handler.overlay }, ['spec', ERROR_HANDLER])
    plan.onFailure = node(ERROR_HANDLER, errorHandlerJobName(metadata.name), [], job)
  }
  const { issues, warnings } = checkJobFlow(manifest, handler !== undefined)
  return { plan, issues: [...issues, ...retryIssues], warnings: [...warnings, ...bodies.warnings] }
}

/** Names of the JobTemplates that a JobFlow refers to, without duplicates. */
export function jobFlowTemplateRefs({ spec }: JobFlow): string[] {
  const refs = [...spec.flows, spec.ErrorHandler ?? {}].map(({ jobTemplateRef }) => jobTemplateRef ?? '')
  return [...new Set(refs)].filter((ref) => ref !== '')
}

/** globalParams as an overlay. DaemonJob has the same field. */
export function globalOverlay(globals: Spec['globalParams']): Overlay {
  return {
    ...(globals?.labels ? { labels: globals.labels } : {}),
    ...(globals?.annotations ? { annotations: globals.annotations } : {}),
    ...(globals?.env ? { env: globals.env as JsonObject[] } : {}),
    ...(globals?.nodeName ? { nodeName: globals.nodeName } : {}),
  }
}

/** A flow with mounts gets ALL shared volumes; a flow without mounts gets none. */
function sharedVolumes(spec: Spec, flow: Spec['flows'][number]): Overlay {
  if (!flow.shareVolumeMounts?.length) return {}
  return {
    volumes: (spec.shareVolumes ?? []) as JsonObject[],
    volumeMounts: flow.shareVolumeMounts as JsonObject[],
  }
}

/** Precedence: jobTemplateRef, jobTemplate, the inline pod spec. `script` applies to each of them. */
function errorHandler(handler: Spec['ErrorHandler']): { source: JobSource; overlay: Overlay } | undefined {
  if (!handler || Object.keys(handler).length === 0) return undefined
  const { jobTemplateRef, jobTemplate, script, ...pod } = handler as JobSource & JsonObject
  const overlay = typeof script === 'string' && script !== '' ? { script } : {}
  if (jobTemplateRef || jobTemplate) return { source: { jobTemplateRef, jobTemplate }, overlay }
  const containers = pod.containers ?? [{ name: 'script', image: SCRIPT_IMAGE }]
  return { source: { jobTemplate: { template: { spec: { ...pod, containers } } } }, overlay }
}

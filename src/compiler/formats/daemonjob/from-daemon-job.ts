import type { JsonObject } from '../../../lib/json.ts'
import type { DaemonJob } from '../../../manifests/kinds/daemon-job.ts'
import type { Plan } from '../../../model/plan.ts'
import { hasApiAccess } from '../../api-access.ts'
import type { Compiled } from '../../lookup.ts'
import { applyOverlay } from '../../overlay.ts'
import { retryFromAnnotations } from '../../retry-policy.ts'
import { globalOverlay } from '../jobflow/from-job-flow.ts'

/** Node id of the fleet in the plan. The run shows one node per Kubernetes node, under that node's name. */
export const FLEET = 'fleet'

/** A DaemonJob is one fleet: a Job `<daemonjob>-<node>` on each Kubernetes node that is not excluded. */
export function fromDaemonJob(manifest: DaemonJob, namespace: string): Required<Compiled> {
  const { metadata, spec } = manifest
  const { globalParams, excludeNodeList, ...jobSpec } = spec
  // The globals' nodeName is ignored, because the fleet pins every Job itself.
  const { nodeName: _, ...overlay } = globalOverlay(globalParams)
  const { retry, issues } = retryFromAnnotations(metadata.annotations)
  const plan: Plan = {
    version: 1,
    format: 'daemonjob',
    kind: 'DaemonJob',
    namespace,
    name: metadata.name,
    jobs: { fleet: applyOverlay(jobSpec as JsonObject, overlay) },
    nodes: [
      {
        type: 'fleet',
        id: FLEET,
        needs: [],
        namePrefix: metadata.name,
        exclude: splitNodeList(excludeNodeList ?? ''),
        job: 'fleet',
        retry,
        ...hasApiAccess(metadata.annotations),
      },
    ],
  }
  return { plan, issues, warnings: [] }
}

/** `node1, node2` → both names. All white space is removed (DJ-6: tabs and line ends too). */
export function splitNodeList(text: string): string[] {
  return text
    .replace(/\s+/g, '')
    .split(',')
    .filter((name) => name !== '')
}

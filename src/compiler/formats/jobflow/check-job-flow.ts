import { isJsonObject, type JsonObject, listAt, objectAt } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { JobFlow } from '../../../manifests/kinds/job-flow.ts'
import {
  ERROR_HANDLER_SUFFIX,
  errorHandlerJobName,
  flowJobName,
  MAX_JOB_NAME,
} from '../../../model/object-names.ts'
import { doubledIds, findCycles, unknownNeeds, type Vertex } from '../../graph.ts'

/** Checks what a JobFlow's schema cannot: the graph, joined names, and mounts without a volume. */
export function checkJobFlow(
  manifest: JobFlow,
  hasHandler: boolean,
): { issues: Finding[]; warnings: Finding[] } {
  const vertices = manifest.spec.flows.map(({ name, dependencies }) => ({
    id: name,
    needs: dependencies ?? [],
  }))
  return {
    issues: [...graphIssues(vertices), ...nameIssues(manifest, hasHandler), ...mountIssues(manifest)],
    warnings: unknownDependencies(vertices),
  }
}

function graphIssues(vertices: Vertex[]): Finding[] {
  const doubled = doubledIds(vertices).map((id): Finding => {
    const index = vertices.findLastIndex((vertex) => vertex.id === id)
    const message = `duplicate flow name "${id}": give each flow its own name`
    return { path: ['spec', 'flows', index, 'name'], rule: 'doubled-name', message }
  })
  const cycles = findCycles(vertices).map((cycle): Finding => {
    const index = vertices.findIndex(({ id }) => id === cycle[0])
    const message = `the flows ${cycle.join(' → ')} depend on each other: remove one of these dependencies`
    return { path: ['spec', 'flows', index, 'dependencies'], rule: 'cycle', message }
  })
  return [...doubled, ...cycles]
}

/** Only warnings: the flows that can run still run. The run then ends Failed and names the missing flow. */
function unknownDependencies(vertices: Vertex[]): Finding[] {
  return unknownNeeds(vertices).map(([id, missing]) => {
    const index = vertices.findIndex((vertex) => vertex.id === id)
    const position = vertices[index]?.needs.indexOf(missing) ?? 0
    return {
      path: ['spec', 'flows', index, 'dependencies', position],
      rule: 'unknown-dependency',
      message: `flow "${missing}" does not exist: ${id} will never start, and the run fails once nothing else can run`,
    }
  })
}

function nameIssues({ metadata, spec }: JobFlow, hasHandler: boolean): Finding[] {
  const tooLong = spec.flows.flatMap(({ name }, index): Finding[] => {
    const job = flowJobName(metadata.name, name)
    if (job.length <= MAX_JOB_NAME) return []
    const message = `its Job would be named "${job}", which has ${job.length} characters; the limit is ${MAX_JOB_NAME}: shorten the flow's or the JobFlow's name`
    return [{ path: ['spec', 'flows', index, 'name'], rule: 'name-too-long', message }]
  })
  if (!hasHandler) return tooLong
  const taken = spec.flows.findIndex(({ name }) => name === ERROR_HANDLER_SUFFIX)
  const handler = errorHandlerJobName(metadata.name)
  return [
    ...tooLong,
    ...(taken < 0
      ? []
      : [
          {
            path: ['spec', 'flows', taken, 'name'],
            rule: 'doubled-name',
            message: `"${ERROR_HANDLER_SUFFIX}" is the name of the ErrorHandler's Job: give this flow another name`,
          },
        ]),
    ...(handler.length <= MAX_JOB_NAME
      ? []
      : [
          {
            path: ['metadata', 'name'],
            rule: 'name-too-long',
            message: `the ErrorHandler's Job would be named "${handler}", which has ${handler.length} characters; the limit is ${MAX_JOB_NAME}: shorten the name`,
          },
        ]),
  ]
}

/** With an inline template, each mount must name a shared volume or one of the template's own. */
function mountIssues({ spec }: JobFlow): Finding[] {
  const shared = (spec.shareVolumes ?? []).map(({ name }) => name)
  return spec.flows.flatMap((flow, index) => {
    if (flow.jobTemplateRef) return []
    const pod = objectAt(objectAt((flow.jobTemplate ?? {}) as JsonObject, 'template'), 'spec')
    const own = listAt(pod, 'volumes').map((volume) => (isJsonObject(volume) ? volume.name : undefined))
    const doubled = flow.shareVolumeMounts?.length ? own.filter((name) => shared.includes(String(name))) : []
    return [
      ...(flow.shareVolumeMounts ?? []).flatMap((mount, position): Finding[] => {
        if (shared.includes(mount.name) || own.includes(mount.name)) return []
        const message = `volume "${mount.name}" does not exist: use one of spec.shareVolumes (${shared.join(', ') || 'none is defined'})`
        return [
          {
            path: ['spec', 'flows', index, 'shareVolumeMounts', position, 'name'],
            rule: 'unknown-volume',
            message,
          },
        ]
      }),
      ...doubled.map((name): Finding => {
        const message = `duplicate volume name "${name}", which is also in spec.shareVolumes: rename one of the two`
        return {
          path: ['spec', 'flows', index, 'jobTemplate', 'template', 'spec', 'volumes'],
          rule: 'doubled-name',
          message,
        }
      }),
    ]
  })
}

import { isJsonObject, type JsonObject, listAt, objectAt } from '../lib/json.ts'
import type { JobBody, Overlay } from '../model/plan.ts'

/**
 * Applies a flow's globals, shared volumes and the forced fields to a copy of a JobSpec.
 *
 * The rules are those of the JobFlow format. restartPolicy is always Never and backoffLimit always 0. Globals
 * win over equal names. Env and mounts go to containers, not to init containers. Globals come first in env,
 * so that a container's own entries can refer to them as `$(NAME)`. Shared volumes follow the template's own
 * volumes.
 */
export function applyOverlay(spec: JsonObject, overlay: Overlay): JobBody {
  const template = objectAt(spec, 'template')
  const metadata = objectAt(template, 'metadata')
  const pod = objectAt(template, 'spec')
  const labels = overlay.labels ?? {}
  const annotations = overlay.annotations ?? {}
  const containers = listAt(pod, 'containers').map((container, index) =>
    isJsonObject(container) ? overlayContainer(container, overlay, index === 0) : container,
  )
  return {
    labels,
    annotations: { ...annotations, ...overlay.jobAnnotations },
    spec: {
      ...spec,
      backoffLimit: 0,
      template: {
        ...template,
        metadata: {
          ...metadata,
          labels: { ...objectAt(metadata, 'labels'), ...labels },
          annotations: { ...objectAt(metadata, 'annotations'), ...annotations },
        },
        spec: {
          ...pod,
          ...(overlay.nodeName ? { nodeName: overlay.nodeName } : {}),
          ...(overlay.volumes?.length ? { volumes: [...listAt(pod, 'volumes'), ...overlay.volumes] } : {}),
          restartPolicy: 'Never',
          containers,
        },
      },
    },
  }
}

function overlayContainer(container: JsonObject, overlay: Overlay, isFirst: boolean): JsonObject {
  const mounts = overlay.volumeMounts ?? []
  return {
    ...withEnv(container, overlay.env ?? []),
    ...(mounts.length > 0 ? { volumeMounts: [...listAt(container, 'volumeMounts'), ...mounts] } : {}),
    ...(isFirst && overlay.script !== undefined ? { command: ['sh', '-c', overlay.script], args: [] } : {}),
  }
}

/** Puts `env` before the container's own entries, and drops own entries of the same name. */
export function withEnv(container: JsonObject, env: readonly JsonObject[]): JsonObject {
  if (env.length === 0) return container
  const names = new Set(env.map(({ name }) => name))
  const own = listAt(container, 'env').filter((entry) => !isJsonObject(entry) || !names.has(entry.name))
  return { ...container, env: [...env, ...own] }
}

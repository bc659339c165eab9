import { type DefinitionName, definitionRefs } from '../../compiler/definition-refs.ts'
import type { Lookup } from '../../compiler/lookup.ts'
import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { type Finding, formatPath } from '../../manifests/issue.ts'
import {
  type DefinitionManifest,
  definitionTypes,
  isDefinitionManifest,
  type RunManifest,
} from '../../manifests/kinds/kinds.ts'
import { groupKind } from '../../manifests/type-meta.ts'
import { readStored } from '../manifests/read-stored.ts'
import type { Catalog, StoredObject } from '../ports/catalog.ts'
import type { Settings } from '../ports/settings.ts'

/** Owner of a run object: the definition it is made from. Deleting the owner deletes the run object. */
export interface OwnerReference extends JsonObject {
  apiVersion: string
  kind: string
  name: string
  uid: string
}

/** The lookup that `compile` needs for a manifest, and what is wrong with the definitions that it names. */
export interface LookedUp {
  lookup: Lookup
  issues: Finding[]
  /** Owner references for the run object. */
  owners: OwnerReference[]
}

/** The definitions that one request sees: first its own, then the stored ones. Each is read once. */
export interface Definitions {
  /** Adds a definition of the request. `object` is what is stored now; a dry run has none. */
  add(namespace: string, manifest: DefinitionManifest, object?: StoredObject): void
  refuse(ref: DefinitionName, namespace: string): void
  isStored(ref: DefinitionName, namespace: string): Promise<boolean>
  /** `scheduledAt` is set for a run that a schedule starts. */
  lookup(manifest: RunManifest, namespace: string, scheduledAt?: string): Promise<LookedUp>
}

type Known = { manifest?: DefinitionManifest; object?: StoredObject; findings?: Finding[] } | 'refused'

export function createDefinitions(catalog: Catalog, settings: Settings): Definitions {
  const known = new Map<string, Known>()
  const key = (ref: DefinitionName, namespace: string): string => `${groupKind(ref)}/${namespace}/${ref.name}`

  const load = async (ref: DefinitionName, namespace: string): Promise<Known> => {
    const present = known.get(key(ref, namespace))
    if (present) return present
    const object = await catalog.get({ ...ref, namespace })
    const read = object ? recall(object) : {}
    known.set(key(ref, namespace), read)
    return read
  }

  return {
    add: (namespace, manifest, object) => {
      const { apiVersion, kind, metadata } = manifest
      known.set(key({ apiVersion, kind, name: metadata.name } as DefinitionName, namespace), {
        manifest,
        ...(object ? { object } : {}),
      })
    },
    refuse: (ref, namespace) => {
      known.set(key(ref, namespace), 'refused')
    },
    isStored: async (ref, namespace) => {
      const one = await load(ref, namespace)
      return one !== 'refused' && one.object !== undefined
    },
    lookup: async (run, namespace, scheduledAt) => {
      const found = new Map<string, { ref: DefinitionName; one: Known }>()
      for (const ref of definitionRefs(run))
        found.set(key(ref, namespace), { ref, one: await load(ref, namespace) })
      const manifestOf = (ref: DefinitionName): DefinitionManifest | undefined => {
        const one = found.get(key(ref, namespace))?.one
        return one === 'refused' ? undefined : one?.manifest
      }
      return {
        lookup: {
          jobTemplate: (name) => {
            const spec: unknown = manifestOf({ ...definitionTypes.JobTemplate, name })?.spec
            return isJsonObject(spec) && isJsonObject(spec.jobTemplate) ? spec.jobTemplate : undefined
          },
          pipeline: (name) => {
            const one = manifestOf({ ...definitionTypes.Pipeline, name })
            return one?.kind === 'Pipeline' ? one : undefined
          },
          workflow: (name) => {
            const one = manifestOf({ ...definitionTypes.Workflow, name })
            return one?.kind === 'Workflow' ? one : undefined
          },
          adapters: settings.adapters,
          now: Date.now(),
          ...(scheduledAt === undefined ? {} : { scheduledAt }),
        },
        issues: [...found.values()].flatMap(({ ref, one }) => problems(ref, one)),
        owners: [...found.values()].flatMap(({ one }) => ownerOf(one)),
      }
    },
  }
}

function recall(object: StoredObject): Known {
  const { manifest, findings } = readStored(object)
  return manifest && isDefinitionManifest(manifest) ? { manifest, object } : { object, findings }
}

function problems({ kind, name }: DefinitionName, one: Known): Finding[] {
  if (one === 'refused') {
    // A run must not start with an older definition when the new one in the same request is refused.
    const message = `${kind} "${name}", which this run uses, is refused in the same request: correct it, and post both again.`
    return [
      { path: ['spec'], rule: kind === 'JobTemplate' ? 'refused-template' : 'refused-definition', message },
    ]
  }
  const [first] = one.findings ?? []
  if (!first) return []
  const message = `the stored ${kind} "${name}" cannot be run: ${formatPath(first.path)}: ${first.message}`
  return [{ path: ['spec'], rule: 'bad-definition', message }]
}

/** A Pipeline owns its runs, as its format requires. Other definitions own nothing. */
function ownerOf(one: Known): OwnerReference[] {
  const object = one === 'refused' ? undefined : one.object
  if (object?.kind !== 'Pipeline') return []
  const { apiVersion, kind, metadata } = object
  return [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }]
}

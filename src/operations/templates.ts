import { isJsonObject, type JsonObject } from '../json.ts'
import type { Lookup } from '../plan/compile.ts'
import { templateRefs } from '../plan/compile.ts'
import type { Finding } from '../spec/issue.ts'
import type { RunManifest } from '../spec/kinds.ts'
import type { Catalog } from './ports.ts'

/** JobTemplates as one request sees them: those it brings itself first, then the stored ones, each read once. */
export interface Templates {
  /** A JobTemplate that came with the request; `refused` when it was not accepted. */
  add(namespace: string, name: string, spec: JsonObject | 'refused'): void
  /** The lookup that `compile` needs for this manifest, or why there is none. */
  lookup(manifest: RunManifest, namespace: string): Promise<{ lookup: Lookup; issues: Finding[] }>
}

export function createTemplates(catalog: Catalog): Templates {
  const known = new Map<string, JsonObject | 'refused' | undefined>()
  const key = (namespace: string, name: string): string => `${namespace}/${name}`

  const load = async (namespace: string, name: string): Promise<void> => {
    if (known.has(key(namespace, name))) return
    const stored = await catalog.get({ kind: 'JobTemplate', namespace, name })
    known.set(key(namespace, name), stored?.spec)
  }

  return {
    add: (namespace, name, spec) => {
      known.set(key(namespace, name), spec)
    },
    lookup: async (manifest, namespace) => {
      const names = templateRefs(manifest)
      for (const name of names) await load(namespace, name)
      const refused = names.filter((name) => known.get(key(namespace, name)) === 'refused')
      const jobTemplate = (name: string): JsonObject | undefined => {
        const spec = known.get(key(namespace, name))
        return isJsonObject(spec) && isJsonObject(spec.jobTemplate) ? spec.jobTemplate : undefined
      }
      return { lookup: { jobTemplate }, issues: refused.map(refusedTemplate) }
    },
  }
}

/** Half of what was posted together must not run with an older, or no, version of the other half. */
const refusedTemplate = (name: string): Finding => ({
  path: ['spec'],
  rule: 'refused-template',
  message: `JobTemplate "${name}", which this run uses, is refused in the same request: correct it and post both again.`,
})

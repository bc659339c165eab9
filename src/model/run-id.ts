import { groupKind, type TypeMeta } from '../manifests/type-meta.ts'

/** Identity of a run, as carried by every object that it creates. */
export interface RunRef extends TypeMeta {
  /** Workflow id: `<kind>.<group>/<namespace>/<name>/<first 8 of uid>`, with the kind in lower case. */
  id: string
  namespace: string
  name: string
  /** Uid of the run object. */
  uid: string
}

export const runId = (run: Omit<RunRef, 'id'>): string =>
  `${groupKind(run)}/${run.namespace}/${run.name}/${run.uid.slice(0, 8)}`

export interface RunIdParts {
  /** `<kind>.<group>`, with the kind in lower case. */
  groupKind: string
  /** In lower case. */
  kind: string
  namespace: string
  name: string
  uid8: string
}

/** Parses a run id; undefined if the text is not one. */
export function parseRunId(id: string): RunIdParts | undefined {
  const [groupKind, namespace, name, uid8, ...rest] = id.split('/')
  if (!groupKind || !namespace || !name || !uid8 || rest.length > 0) return undefined
  const kind = /^([a-z0-9]+)\.[a-z0-9.-]+$/.exec(groupKind)?.[1]
  if (kind === undefined || !/^[0-9a-f]{8}$/.test(uid8)) return undefined
  return { groupKind, kind, namespace, name, uid8 }
}

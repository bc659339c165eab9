/** Identity of a run, as carried by every object that it creates. */
export interface RunRef {
  /** Workflow id: `<kind>/<namespace>/<name>/<first 8 of uid>`, with the kind in lower case. */
  id: string
  apiVersion: string
  kind: string
  namespace: string
  name: string
  /** Uid of the run object. */
  uid: string
}

export const runId = (kind: string, namespace: string, name: string, uid: string): string =>
  `${kind.toLowerCase()}/${namespace}/${name}/${uid.slice(0, 8)}`

export interface RunIdParts {
  kind: string
  namespace: string
  name: string
  uid8: string
}

/** Parses a run id; undefined if the text is not one. `kind` is in lower case. */
export function parseRunId(id: string): RunIdParts | undefined {
  const [kind, namespace, name, uid8, ...rest] = id.split('/')
  if (!kind || !namespace || !name || !uid8 || rest.length > 0) return undefined
  if (!/^[0-9a-f]{8}$/.test(uid8)) return undefined
  return { kind, namespace, name, uid8 }
}

import { dnsName } from '../../expressions/dns-name.ts'
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts'

type Path = readonly (string | number)[]

/**
 * jobnetes writes a workflow as `{name, tasks}` and nothing around it. Here it is the spec of a Workflow object,
 * which is named after it, as far as Kubernetes takes the name. undefined when the value is something else.
 * `name`: a Workflow is expected, and this is what it is called.
 */
export function wrapWorkflow(value: Json | undefined, name?: string): JsonObject | undefined {
  if (!isJsonObject(value) || value.apiVersion !== undefined || value.kind !== undefined) return undefined
  if (value.metadata !== undefined || value.spec !== undefined) return undefined
  if (value.tasks === undefined && name === undefined) return undefined
  const own = typeof value.name === 'string' ? objectName(value.name) : undefined
  // Without a name the spec has none either, which is what is told.
  const metadata = { name: name ?? own ?? 'unnamed' }
  return { apiVersion: 'jobnetes.com/v1beta', kind: 'Workflow', metadata, spec: value }
}

/** A path of the wrapped object as one of what the author wrote. */
export function unwrapPath(path: Path): Path {
  const [first, second, ...rest] = path
  if (first === 'spec') return path.slice(1)
  return first === 'metadata' && second === 'name' ? ['name', ...rest] : path
}

/** `nightly` stays, `Nightly load` → `nightly-load-<8 hex>`: two texts must not become one object. */
const objectName = (name: string): string => dnsName(name)

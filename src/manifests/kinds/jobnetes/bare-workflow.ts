import { dnsName } from '../../../expressions/dns-name.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts'

type Path = readonly (string | number)[]

/**
 * Wraps a bare jobnetes workflow (`{name, tasks}`) into a Workflow object, with an object name derived from
 * its name. Returns undefined for any other value. `name` says that a Workflow is expected, and gives its
 * object name.
 */
export function wrapWorkflow(value: Json | undefined, name?: string): JsonObject | undefined {
  if (!isJsonObject(value) || value.apiVersion !== undefined || value.kind !== undefined) return undefined
  if (value.metadata !== undefined || value.spec !== undefined) return undefined
  if (value.tasks === undefined && name === undefined) return undefined
  const own = typeof value.name === 'string' ? objectName(value.name) : undefined
  // A spec without a name fails its own check, so this placeholder is never used.
  const metadata = { name: name ?? own ?? 'unnamed' }
  return { apiVersion: 'jobnetes.com/v1beta', kind: 'Workflow', metadata, spec: value }
}

/** Converts a path of the wrapped object to a path of the author's text. */
export function unwrapPath(path: Path): Path {
  const [first, second, ...rest] = path
  if (first === 'spec') return path.slice(1)
  return first === 'metadata' && second === 'name' ? ['name', ...rest] : path
}

/** `nightly` is kept; `Nightly load` → `nightly-load-<8 hex>`. Two names must not become one object. */
const objectName = (name: string): string => dnsName(name)

import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts'
import { type Explained, explain } from './explain.ts'
import { closestMatch } from './fields/closest-match.ts'
import type { Finding } from './issue.ts'
import { findKind, findKindByName, type KindRow, kinds, type Manifest } from './kinds/kinds.ts'
import { dropVacant } from './schema-walk.ts'

/** `manifest` is absent exactly when `findings` is not empty. */
export interface ReadManifest {
  manifest?: Manifest
  findings: Finding[]
}

/**
 * Reads one object, from a text or from the API server, as a manifest, or returns all findings.
 * The manifest keeps fields that the schemas do not name, and the order of all fields.
 */
export function readManifest(value: Json, written?: Explained['written']): ReadManifest {
  if (!isJsonObject(value)) return { findings: [notAnObject] }
  const row = rowOf(value)
  if (!row) return { findings: [unknownKind(value)] }
  const object = dropVacant(row.schema, value) as JsonObject
  const result = row.schema.safeParse(object)
  if (result.success) return { manifest: asManifest(object), findings: [] }
  const context: Explained = { schema: row.schema, value: object, ...(written ? { written } : {}) }
  const findings = result.error.issues
    .filter(({ path }) => !row.isOverruled?.(object, path))
    .flatMap((issue) => explain(context, issue))
  return findings.length > 0 ? { findings } : { manifest: asManifest(object), findings }
}

/**
 * The schemas only check, so an object that has passed has its type, except in overruled fields, which
 * nothing reads. Zod's own result is not used, because it has the fields in the schema's order.
 */
const asManifest = (object: unknown): Manifest => object as Manifest

/** Falls back to the kind alone, so that a wrong apiVersion is reported together with other issues. */
function rowOf({ apiVersion, kind }: JsonObject): KindRow | undefined {
  if (typeof kind !== 'string') return undefined
  const exact = typeof apiVersion === 'string' ? findKind(apiVersion, kind) : undefined
  return exact ?? findKindByName(kind)
}

const notAnObject: Finding = {
  path: [],
  rule: 'type',
  message: 'the document is not an object: write apiVersion, kind, metadata and spec',
}

function unknownKind({ apiVersion, kind }: JsonObject): Finding {
  const path = ['kind']
  if (kind === undefined || kind === null || kind === '') {
    return {
      path,
      rule: 'required',
      message: `kind is missing: write ${accepted}; a jobnetes workflow is written as name and tasks`,
    }
  }
  if (typeof kind !== 'string')
    return { path, rule: 'type', message: `kind must be a string: write ${accepted}` }
  const meant = closestMatch(
    kind,
    kinds.map((row) => row.kind),
  )
  const of = typeof apiVersion === 'string' ? ` of ${apiVersion}` : ''
  const hint = meant
    ? `did you mean ${meant}?`
    : `write ${accepted}; other objects are created with kubectl apply`
  return { path, rule: 'unknown-kind', message: `kind "${kind}"${of} is not supported: ${hint}` }
}

/** `JobFlow, DaemonJob or JobTemplate of api.practice.com/v1alpha1` */
const accepted = [...Map.groupBy(kinds, ({ apiVersion }) => apiVersion)]
  .map(([apiVersion, rows]) => `${rows.map(({ kind }) => kind).join(', ')} (apiVersion ${apiVersion})`)
  .join(' or ')

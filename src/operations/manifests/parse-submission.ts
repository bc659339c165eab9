import { type DecodedDocument, decode, type Expected, toIssue } from '../../manifests/decode.ts'
import type { Issue } from '../../manifests/issue.ts'
import type { Manifest } from '../../manifests/kinds/kinds.ts'
import { groupKind } from '../../manifests/type-meta.ts'

/** Namespace of objects that name none, as with kubectl. */
export const DEFAULT_NAMESPACE = 'default'

/** A document of a submission, checked as far as possible without the cluster. */
export interface ParsedDocument {
  doc: DecodedDocument
  namespace: string
  /** Why it is refused. `manifest` is absent exactly when this is not empty. */
  issues: Issue[]
  manifest?: Manifest
}

/** Decodes all documents of a text. `namespace` is the caller's explicit choice, if any. Pure. */
export function parseSubmission(
  text: string,
  namespace: string | undefined,
  expected: Expected = {},
): ParsedDocument[] {
  const docs = decode(text, expected)
  const places = new Map<string, number[]>()
  for (const doc of docs) {
    const place = placeOf(doc, namespace)
    if (place) places.set(place, [...(places.get(place) ?? []), doc.document])
  }
  return docs.map((doc) => {
    const documents = places.get(placeOf(doc, namespace) ?? '') ?? []
    const issues = [...doc.issues, ...foreignNamespace(doc, namespace), ...duplicateName(doc, documents)]
    const home = doc.namespace ?? namespace ?? DEFAULT_NAMESPACE
    return issues.length === 0 && doc.manifest
      ? { doc, namespace: home, issues, manifest: doc.manifest }
      : { doc, namespace: home, issues }
  })
}

function placeOf(doc: DecodedDocument, namespace: string | undefined): string | undefined {
  const { apiVersion = '', kind, name } = doc
  if (kind === undefined || name === undefined) return undefined
  const home = doc.namespace ?? namespace ?? DEFAULT_NAMESPACE
  return `${groupKind({ apiVersion, kind })}/${home}/${name}`
}

function foreignNamespace(doc: DecodedDocument, namespace: string | undefined): Issue[] {
  if (namespace === undefined || doc.namespace === undefined || doc.namespace === namespace) return []
  const message = `metadata.namespace is "${doc.namespace}", but the request has namespace=${namespace}: use the same value, or omit one.`
  return [toIssue(doc, { path: ['metadata', 'namespace'], rule: 'other-namespace', message })]
}

function duplicateName(doc: DecodedDocument, documents: readonly number[]): Issue[] {
  if (documents.length < 2) return []
  const others = documents.filter((document) => document !== doc.document).join(', ')
  const message = `metadata.name "${doc.name}" of kind ${doc.kind} is also in document ${others}: each object can be submitted only once, so rename or remove one.`
  return [toIssue(doc, { path: ['metadata', 'name'], rule: 'doubled', message })]
}

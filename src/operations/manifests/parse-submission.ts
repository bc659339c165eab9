import { type DecodedDocument, decode, type Expected, toIssue } from '../../manifests/decode.ts'
import type { Issue } from '../../manifests/issue.ts'
import {
  type DefinitionManifest,
  definitionKinds,
  type Manifest,
  type RunManifest,
} from '../../manifests/kinds/kinds.ts'
import { describeObject } from '../runs/run-object.ts'

/** Namespace of objects that name none, as with kubectl. */
export const DEFAULT_NAMESPACE = 'default'

/** A document of a submission, checked as far as possible without the cluster. */
export interface Staged {
  doc: DecodedDocument
  namespace: string
  /** Why it is refused. `manifest` is absent exactly when this is not empty. */
  issues: Issue[]
  manifest?: Manifest
}

/** Decodes all documents of a text. `namespace` is the caller's explicit choice, if any. Pure. */
export function stageManifests(
  text: string,
  namespace: string | undefined,
  expected: Expected = {},
): Staged[] {
  const docs = decode(text, expected)
  const places = new Map<string, number[]>()
  for (const doc of docs) {
    const place = placeOf(doc, namespace)
    if (place) places.set(place, [...(places.get(place) ?? []), doc.document])
  }
  return docs.map((doc) => {
    const twins = places.get(placeOf(doc, namespace) ?? '') ?? []
    const issues = [...doc.issues, ...foreignNamespace(doc, namespace), ...doubled(doc, twins)]
    const home = doc.namespace ?? namespace ?? DEFAULT_NAMESPACE
    return issues.length === 0 && doc.manifest
      ? { doc, namespace: home, issues, manifest: doc.manifest }
      : { doc, namespace: home, issues }
  })
}

function placeOf({ kind, name, ...doc }: DecodedDocument, namespace: string | undefined): string | undefined {
  if (kind === undefined || name === undefined) return undefined
  return describeObject({ kind, namespace: doc.namespace ?? namespace ?? DEFAULT_NAMESPACE, name })
}

function foreignNamespace(doc: DecodedDocument, namespace: string | undefined): Issue[] {
  if (namespace === undefined || doc.namespace === undefined || doc.namespace === namespace) return []
  const message = `metadata.namespace is "${doc.namespace}", but the request has namespace=${namespace}: use the same value, or omit one.`
  return [toIssue(doc, { path: ['metadata', 'namespace'], rule: 'other-namespace', message })]
}

function doubled(doc: DecodedDocument, twins: readonly number[]): Issue[] {
  if (twins.length < 2) return []
  const others = twins.filter((document) => document !== doc.document).join(', ')
  const message = `metadata.name "${doc.name}" of kind ${doc.kind} is also in document ${others}: each object can be submitted only once, so rename or remove one.`
  return [toIssue(doc, { path: ['metadata', 'name'], rule: 'doubled', message })]
}

export const isDefinition = (manifest: Manifest): manifest is DefinitionManifest =>
  definitionKinds.some((kind) => kind === manifest.kind)

export const isRunManifest = (manifest: Manifest): manifest is RunManifest => !isDefinition(manifest)

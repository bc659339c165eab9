import type { DefinitionKind } from '../../manifests/kinds/kinds.ts'
import type { Call } from '../call.ts'
import type { StoredObject } from '../ports/catalog.ts'

export interface ListDefinitionsInput {
  kind: DefinitionKind
  /** Without it, all namespaces. */
  namespace?: string
}

/** By namespace and name. Without `status`, which costs a call per definition. */
export async function listDefinitions({ deps, input }: Call<ListDefinitionsInput>): Promise<StoredObject[]> {
  const stored = await deps.catalog.list(input.kind, input.namespace)
  const place = ({ metadata }: StoredObject): string => `${metadata.namespace}/${metadata.name}`
  return stored.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}

import type { DefinitionType } from '../../manifests/kinds/kinds.ts'
import type { Call } from '../call.ts'
import type { StoredObject } from '../ports/catalog.ts'

export interface ListDefinitionsInput {
  type: DefinitionType
  /** Default: all namespaces. */
  namespace?: string
}

/** Sorted by namespace and name. `status` is left out, because it costs a call per definition. */
export async function listDefinitions({ deps, input }: Call<ListDefinitionsInput>): Promise<StoredObject[]> {
  const stored = await deps.catalog.list(input.type, input.namespace)
  const place = ({ metadata }: StoredObject): string => `${metadata.namespace}/${metadata.name}`
  return stored.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}

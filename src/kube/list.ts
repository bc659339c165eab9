import { isJsonObject, type JsonObject } from '../json.ts'
import { isExpired } from './errors.ts'

/** Objects per page: about a megabyte of Jobs, parsed in some tens of milliseconds. */
const PAGE = 500
/** A list that expires this often while it is being read is longer than the server keeps its past. */
const MAX_STARTS = 4

export interface List {
  items: JsonObject[]
  /** Watch from here. */
  resourceVersion: string
}

/** One page: the query in, the answer out. */
type Ask = (query: Record<string, string>) => Promise<JsonObject>

export interface Paging {
  selector?: string | undefined
  fields?: string | undefined
  /** Half of an object's bytes are who set which of its fields. */
  dropManagedFields?: boolean | undefined
}

/**
 * A whole collection, page by page, as of one moment. When the moment is forgotten half way (410), all of it is
 * read again as of a newer one. Objects get the kind that the server leaves out of the items of its own lists.
 */
export async function listAll(ask: Ask, { selector, fields, dropManagedFields }: Paging): Promise<List> {
  for (let start = 1; ; start++) {
    const items: JsonObject[] = []
    let next = ''
    try {
      do {
        const page = await ask({
          limit: String(PAGE),
          ...(selector ? { labelSelector: selector } : {}),
          ...(fields ? { fieldSelector: fields } : {}),
          ...(next ? { continue: next } : {}),
        })
        for (const item of itemsOf(page)) items.push(dropManagedFields ? withoutManagedFields(item) : item)
        const metadata = isJsonObject(page.metadata) ? page.metadata : {}
        next = typeof metadata.continue === 'string' ? metadata.continue : ''
        if (next === '') return { items, resourceVersion: String(metadata.resourceVersion ?? '') }
      } while (next !== '')
    } catch (error) {
      if (next === '' || !isExpired(error) || start === MAX_STARTS) throw error
    }
  }
}

function itemsOf({ apiVersion, kind, items }: JsonObject): JsonObject[] {
  const objects = (Array.isArray(items) ? items : []).filter(isJsonObject)
  if (typeof kind !== 'string' || !kind.endsWith('List')) return objects
  return objects.map((object) => ({ apiVersion, kind: kind.slice(0, -'List'.length), ...object }))
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  if (isJsonObject(object.metadata)) delete object.metadata.managedFields
  return object
}

import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { isExpired } from './errors.ts'

/** Objects per page: about half a megabyte, parsed in some milliseconds and gone before it is counted as old. */
const PAGE = 100
/** A list that expires this often while it is being read is longer than the server keeps its past. */
const MAX_STARTS = 4

export interface List<T = JsonObject> {
  items: T[]
  /** Watch from here. */
  resourceVersion: string
}

/** One page: the query in, the answer out. */
type Ask = (query: Record<string, string>) => Promise<JsonObject>

export interface Paging<T> {
  selector?: string | undefined
  fields?: string | undefined
  /** What is kept of an object, page by page: ten thousand pods are a hundred megabytes. */
  read(object: JsonObject): T
}

/**
 * A whole collection, page by page, as of one moment. When the moment is forgotten half way (410), all of it is
 * read again as of a newer one. Objects get the kind that the server leaves out of the items of its own lists.
 */
export async function listAll<T>(ask: Ask, { selector, fields, read }: Paging<T>): Promise<List<T>> {
  for (let start = 1; ; start++) {
    const items: T[] = []
    let next = ''
    try {
      do {
        const page = await ask({
          limit: String(PAGE),
          ...(selector ? { labelSelector: selector } : {}),
          ...(fields ? { fieldSelector: fields } : {}),
          ...(next ? { continue: next } : {}),
        })
        for (const item of itemsOf(page)) items.push(read(item))
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

import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { isExpired } from './errors.ts'

/** Objects per page: half a megabyte, parsed in milliseconds and collected while it is still young. */
const PAGE = 100
/** A list that expires this often takes longer to read than the server keeps its version. */
const MAX_STARTS = 4

export interface List<T = JsonObject> {
  items: T[]
  /** The version to watch from. */
  resourceVersion: string
}

/** Reads one page. */
type Ask = (query: Record<string, string>) => Promise<JsonObject>

export interface Paging<T> {
  selector?: string | undefined
  fields?: string | undefined
  /** What to keep of each object. Ten thousand whole pods are a hundred megabytes. */
  read(object: JsonObject): T
}

/**
 * A whole collection, page by page, at one resourceVersion. When that version expires part way (410),
 * everything is read again at a newer one. Sets the kind that the server leaves out of list items.
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

/** Plain JSON: what crosses every stage of the road of data. */
export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep equality of plain JSON. Key order does not matter; a missing key and `undefined` are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  const own = (object: JsonObject, key: string): unknown =>
    Object.hasOwn(object, key) ? object[key] : undefined
  return [...keys].every((key) => sameJson(own(a, key), own(b, key)))
}

/** A value as text, whatever an author wrote: `String()` asks an object for its own `toString`, which may be anything. */
export const toText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** Of a value as JSON, in UTF-8: what limits of payloads count. Without Buffer, which workflow code does not have. */
export const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key]
  return isJsonObject(value) ? value : {}
}

export function listAt(parent: JsonObject, key: string): Json[] {
  const value = parent[key]
  return Array.isArray(value) ? value : []
}

/** An author may name a flow `constructor`: what every object inherits is no entry of a record. */
export const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'

/** The schema behind optional and nullable. */
export function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap())
  return schema
}

/** Names of the fields that the object at this path has in the schema. */
export function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const bare = unwrap(schema)
  const [part, ...rest] = path
  if (part === undefined) return bare instanceof z.ZodObject ? Object.keys(bare.shape) : []
  if (bare instanceof z.ZodArray) return fieldsAt(bare.element, rest)
  if (bare instanceof z.ZodObject) return fieldsAt(bare.shape[String(part)], rest)
  return []
}

/**
 * Leaves out the optional fields that hold nothing: null, or objects in which everything holds nothing, which is
 * what Go's types write for a field that nobody set. A field whose schema takes null keeps it. The order stays.
 */
export function dropVacant(schema: unknown, value: Json): Json {
  const bare = unwrap(schema)
  if (bare instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => dropVacant(bare.element, item))
  }
  if (!(bare instanceof z.ZodObject) || !isJsonObject(value)) return value
  const kept = Object.entries(value).flatMap(([key, item = null]): [string, Json][] => {
    const field: unknown = Object.hasOwn(bare.shape, key) ? bare.shape[key] : undefined
    if (field === undefined) return [[key, item]]
    const isDroppable = field instanceof z.ZodOptional && !(field.unwrap() instanceof z.ZodNullable)
    return isDroppable && isVacant(item) ? [] : [[key, dropVacant(field, item)]]
  })
  return Object.fromEntries(kept) satisfies JsonObject
}

const isVacant = (value: Json | undefined): boolean =>
  value === null ||
  value === undefined ||
  (isJsonObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isVacantDeep))

const isVacantDeep = (value: Json | undefined): boolean =>
  isVacant(value) || (isJsonObject(value) && Object.keys(value).length === 0)

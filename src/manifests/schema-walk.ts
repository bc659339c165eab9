import { z } from 'zod'
import { isJsonObject, type Json } from '../lib/json.ts'

/** The schema inside optional and nullable. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap())
  return schema
}

/** The schema at this path, without optional and nullable; undefined where any value is allowed. */
export function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  const bare = unwrap(schema)
  const [part, ...rest] = path
  if (part === undefined) return bare
  if (bare instanceof z.ZodArray) return schemaAt(bare.element, rest)
  if (bare instanceof z.ZodObject) return schemaAt(bare.shape[String(part)], rest)
  return undefined
}

/** Names of an object's fields, required ones first. */
export function fieldsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  const isOptional = (key: string): boolean => schema.shape[key] instanceof z.ZodOptional
  const keys = Object.keys(schema.shape)
  return [...keys.filter((key) => !isOptional(key)), ...keys.filter(isOptional)]
}

/** The example of a schema, for the message about a missing field. */
export function exampleOf(schema: unknown): string | undefined {
  const examples = schema instanceof z.ZodType ? schema.meta()?.examples : undefined
  return Array.isArray(examples) ? String(examples[0]) : undefined
}

/**
 * Drops optional fields that are empty: null, or an object with only empty fields, as Go's types write for a
 * field that is not set. A field whose schema allows null keeps it. The order of fields is kept.
 */
export function dropVacant(schema: unknown, value: Json): Json {
  const bare = unwrap(schema)
  if (bare instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => dropVacant(bare.element, item))
  }
  if (!(bare instanceof z.ZodObject) || !isJsonObject(value)) return value
  const kept = Object.entries(value).flatMap(([key, item = null]): [string, Json][] => {
    const field: unknown = Object.hasOwn(bare.shape, key) ? bare.shape[key] : undefined
    const isDroppable = field instanceof z.ZodOptional && !(field.unwrap() instanceof z.ZodNullable)
    return isDroppable && isVacant(item) ? [] : [[key, dropVacant(field, item)]]
  })
  return Object.fromEntries(kept)
}

/** `{}` is not vacant: an author wrote it. */
const isVacant = (value: Json): boolean =>
  value === null || (isJsonObject(value) && Object.keys(value).length > 0 && holdsNothing(value))

const holdsNothing = (value: Json | undefined): boolean =>
  value === null || value === undefined || (isJsonObject(value) && Object.values(value).every(holdsNothing))

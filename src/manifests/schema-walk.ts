import { z } from 'zod'
import { isJsonObject, type Json } from '../lib/json.ts'

/** The schema behind optional and nullable. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap())
  return schema
}

/** The schema of what stands at this path, without optional and nullable; undefined where anything may stand. */
export function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  const bare = unwrap(schema)
  const [part, ...rest] = path
  if (part === undefined) return bare
  if (bare instanceof z.ZodArray) return schemaAt(bare.element, rest)
  if (bare instanceof z.ZodObject) return schemaAt(bare.shape[String(part)], rest)
  return undefined
}

/** Names of an object's fields, the required ones first. */
export function fieldsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  const isOptional = (key: string): boolean => schema.shape[key] instanceof z.ZodOptional
  const keys = Object.keys(schema.shape)
  return [...keys.filter((key) => !isOptional(key)), ...keys.filter(isOptional)]
}

/** What to write where it is missing, if its schema says one. */
export function exampleOf(schema: unknown): string | undefined {
  const examples = schema instanceof z.ZodType ? schema.meta()?.examples : undefined
  return Array.isArray(examples) ? String(examples[0]) : undefined
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
    const isDroppable = field instanceof z.ZodOptional && !(field.unwrap() instanceof z.ZodNullable)
    return isDroppable && isVacant(item) ? [] : [[key, dropVacant(field, item)]]
  })
  return Object.fromEntries(kept)
}

/** `{}` by itself is something: an author wrote it. */
const isVacant = (value: Json): boolean =>
  value === null || (isJsonObject(value) && Object.keys(value).length > 0 && holdsNothing(value))

const holdsNothing = (value: Json | undefined): boolean =>
  value === null || value === undefined || (isJsonObject(value) && Object.values(value).every(holdsNothing))

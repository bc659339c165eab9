import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts'
import type { KindRow } from './kinds/kinds.ts'

/**
 * Builds the CustomResourceDefinition of a kind from its schema. It accepts everything that `decode` accepts.
 * It refuses what a structural schema can refuse: wrong types, missing fields, malformed names. `decode`
 * finds the rest.
 */
export function toCrd({
  group,
  version,
  kind,
  plural,
  singular,
  shortNames,
  printerColumns,
  schema,
}: KindRow): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [...shortNames] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(printerColumns.length > 0
            ? { additionalPrinterColumns: printerColumns.map((column) => ({ ...column })) }
            : {}),
          schema: { openAPIV3Schema: objectSchema(schema) },
        },
      ],
    },
  }
}

/** The API server checks apiVersion, kind and metadata itself and does not allow a schema for them. */
function objectSchema(schema: z.ZodType): JsonObject {
  const { properties } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: toStructural(properties?.spec as Json),
      status: open,
    },
  }
}

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/**
 * Converts JSON Schema to a structural schema of Kubernetes. Keywords that are not listed here are left out,
 * such as examples, rules for map keys and `additionalProperties: false`: the API server prunes unknown
 * fields, and kubectl refuses them.
 */
function toStructural(schema: Json | undefined, isOverrulable = false): JsonObject {
  if (!isJsonObject(schema)) return { 'x-kubernetes-preserve-unknown-fields': true }
  // A structural schema cannot be recursive: `decode` checks recursive parts.
  if (schema.$ref !== undefined) return open
  if (schema.type === undefined && schema.anyOf === undefined)
    return { ...pick(schema, ['description']), 'x-kubernetes-preserve-unknown-fields': true }
  const [choice, none] = Array.isArray(schema.anyOf) ? schema.anyOf : []
  if (isJsonObject(none) && none.type === 'null')
    return { ...toStructural(choice, isOverrulable), nullable: true }
  if (Array.isArray(schema.type)) {
    const [type = null] = schema.type
    return { ...toStructural({ ...schema, type }, isOverrulable), nullable: true }
  }
  const relaxed = isOverrulable || schema.isOverrulable === true
  const { type, properties, items, additionalProperties } = schema
  return {
    ...pick(schema, checks),
    // An overruled field may hold the empty object that Go's types write.
    ...(relaxed ? {} : pick(schema, ['required', 'minItems'])),
    ...(type === 'integer' ? { format: 'int64' } : {}),
    ...(typeof schema.pattern === 'string' ? { pattern: schema.pattern.replaceAll('\\/', '/') } : {}),
    ...(isJsonObject(properties) && Object.keys(properties).length > 0
      ? { properties: mapValues(properties, (each) => toStructural(each, relaxed)) }
      : {}),
    ...(items === undefined ? {} : { items: toStructural(items, relaxed) }),
    ...rest(additionalProperties, relaxed),
  }
}

/** Fields that the schema does not name: any value (`{}`), one type, or none. */
function rest(schema: Json | undefined, relaxed: boolean): JsonObject {
  if (!isJsonObject(schema)) return {}
  if (Object.keys(schema).length === 0) return { 'x-kubernetes-preserve-unknown-fields': true }
  return { additionalProperties: toStructural(schema, relaxed) }
}

const checks = [
  'description',
  'type',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'x-kubernetes-validations',
]

const pick = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]))

const mapValues = (object: JsonObject, change: (value: Json | undefined) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

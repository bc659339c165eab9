import type { z } from 'zod'
import { isJsonObject, type Json, toText } from '../lib/json.ts'
import { closestMatch } from './fields/closest-match.ts'
import { type Finding, formatPath } from './issue.ts'
import { exampleOf, fieldsOf, schemaAt } from './schema-walk.ts'

type Path = readonly (string | number)[]
type ZodIssue = z.core.$ZodIssue

/** The object that zod checked, and its schema. */
export interface Explained {
  schema: unknown
  value: Json
  /** A scalar as its author wrote it, if the text is known: `0777` has become the number 511. */
  written?: (path: Path) => string | undefined
}

/** Turns a zod issue into findings whose messages name the field, the rule and what to write instead. */
export function explain(context: Explained, issue: ZodIssue): Finding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(context, path, key))
  const field = nameOf(path)
  const value = valueAt(context.value, path)
  const finding = (rule: string, message: string): Finding[] => [{ path, rule, message }]
  if (issue.code === 'custom')
    return finding(String(issue.params?.rule ?? 'value'), `${field} ${issue.message}`)
  if (issue.code === 'invalid_key') return finding('format', wrongKey(path, issue.issues[0]?.message))
  if (value === undefined)
    return finding('required', `${field} is missing: ${whatToWrite(context, path, issue)}`)
  const is = `${field} is ${describe(value, context.written?.(path))}`
  switch (issue.code) {
    case 'invalid_type':
      return finding(
        'type',
        `${is} but must be ${wanted(issue.expected)}: ${instead(context, path, issue.expected)}`,
      )
    case 'invalid_value':
      return finding(
        'value',
        `${is} but must be ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}`,
      )
    case 'too_small':
      if (issue.origin !== 'number') return finding('too-small', `${field} ${issue.message}`)
      return finding('too-small', `${field} is ${value} but must be at least ${issue.minimum}`)
    case 'too_big':
      if (typeof value !== 'string')
        return finding('too-big', `${field} is ${value} but must be at most ${issue.maximum}`)
      return finding('too-long', `${field} has ${value.length} characters but ${issue.message}`)
    case 'invalid_format':
      return finding('format', `${field} ${describe(value)} ${issue.message}`)
    default:
      return finding('value', `${field}: ${issue.message}`)
  }
}

function unknownField({ schema }: Explained, parent: Path, key: string): Finding {
  const known = fieldsOf(schemaAt(schema, parent))
  const meant = closestMatch(key, known)
  const hint = meant ? `did you mean "${meant}"?` : `the known fields are ${known.join(', ')}`
  const message = `"${clip(key)}" is not a field of ${nameOf(parent)}: ${hint}`
  return { path: [...parent, key], rule: 'unknown-field', message }
}

const wrongKey = (path: Path, rule = 'is not a name'): string =>
  `the name "${clip(String(path.at(-1)))}" in ${nameOf(path.slice(0, -1))} ${rule}`

function whatToWrite({ schema }: Explained, path: Path, issue: ZodIssue): string {
  const name = path.findLast((part) => typeof part === 'string')
  const target = schemaAt(schema, path)
  const fields = fieldsOf(target)
  if (issue.code === 'invalid_value') return `write ${name}: ${String(issue.values[0])}`
  if (fields.length > 0) return `write it with its fields: ${fields.join(', ')}`
  const example = exampleOf(target)
  if (example !== undefined) return `write ${name}, for example ${name}: ${example}`
  return issue.code === 'invalid_type' ? `write ${wanted(issue.expected)}` : `write ${name}`
}

/** A correction, built from what the author wrote. */
function instead({ schema, value: root, written }: Explained, path: Path, expected: string): string {
  const value = valueAt(root, path)
  const text = clip(written?.(path) ?? toText(value))
  switch (expected) {
    case 'string':
      if (Array.isArray(value) && value.every(isScalar)) return `write "${clip(value.join(', '))}"`
      return isScalar(value) ? `write "${text}" in quotes` : 'write a single value in quotes'
    case 'array':
      return isScalar(value) ? `write [${text}]` : 'write each item after a "-"'
    case 'int':
    case 'number':
      if (typeof value === 'string' && /^\d+$/.test(value)) return `write ${clip(value)} without quotes`
      return 'write a number such as 3'
    default: {
      const fields = fieldsOf(schemaAt(schema, path))
      return fields.length > 0
        ? `write its fields: ${fields.join(', ')}`
        : 'write keys with values, as in key: value'
    }
  }
}

const words: Record<string, string> = {
  string: 'a string',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
}
const wanted = (expected: string): string => words[expected] ?? expected

function describe(value: Json, text = toText(value)): string {
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'an object'
  if (typeof value === 'string') return JSON.stringify(clip(value))
  return value === null ? 'null' : `the ${typeof value} ${clip(text)}`
}

/** Name of the last field of a path; a list item has its list's name and its index. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the document'
  const from = path.findLastIndex((part) => typeof part === 'string')
  return formatPath(path.slice(Math.max(from, 0)))
}

function valueAt(root: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined
    return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
  }, root)
}

const isScalar = (value: Json | undefined): boolean => typeof value !== 'object' && value !== undefined

const MAX_QUOTED = 80
const clip = (text: string): string => (text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text)

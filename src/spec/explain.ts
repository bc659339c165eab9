import type { z } from 'zod'
import { isJsonObject, type Json } from '../json.ts'
import { type Finding, formatPath } from './issue.ts'
import { nearest } from './nearest.ts'
import { fieldsAt } from './schema-walk.ts'

type Path = readonly (string | number)[]
type ZodIssue = z.core.$ZodIssue

export interface Explained {
  schema: unknown
  value: Json
  /** A scalar as its author wrote it, if there is a text: `0777` is the number 511 by now. */
  written?: (path: Path) => string | undefined
}

/** What zod found, in words that name the field, the rule and what to write instead. */
export function explain(context: Explained, issue: ZodIssue): Finding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  const value = valueAt(context.value, path)
  const finding = (rule: string, message: string): Finding[] => [{ path, rule, message }]
  if (value === undefined && issue.code !== 'custom') return finding('required', missing(path, issue))
  switch (issue.code) {
    case 'invalid_type':
      return finding(
        'type',
        `${nameOf(path)} is ${describe(value)} and must be ${wanted(issue.expected)}: ${instead(context, path, issue.expected)}`,
      )
    case 'invalid_value':
      return finding(
        'value',
        `${nameOf(path)} is ${describe(value)} and must be ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}`,
      )
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(context, path, key))
    case 'too_small':
      return finding('too-small', tooSmall(path, value, issue))
    case 'too_big':
      return finding(typeof value === 'string' ? 'too-long' : 'too-big', tooBig(path, value, issue))
    case 'invalid_format':
      return finding('format', `${nameOf(path)} ${describe(value)} ${issue.message}`)
    case 'invalid_key':
      return finding('format', `${nameOf(path)} ${issue.issues[0]?.message ?? 'has a name that cannot be'}`)
    case 'custom':
      return finding(String(issue.params?.rule ?? 'value'), `${nameOf(path)} ${issue.message}`)
    default:
      return finding('value', `${nameOf(path)}: ${issue.message}`)
  }
}

function missing(path: Path, issue: ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `${nameOf(path)} is missing: write ${nameOf(path)}: ${String(issue.values[0])}`
  return `${nameOf(path)} is missing: write ${issue.code === 'invalid_type' ? wanted(issue.expected) : 'it'}`
}

function unknownField({ schema }: Explained, parent: Path, key: string): Finding {
  const known = fieldsAt(schema, parent)
  const meant = nearest(key, known)
  const place = parent.length === 0 ? 'the document' : nameOf(parent)
  const hint = meant ? `did you mean "${meant}"?` : `${place} takes ${known.join(', ')}`
  return {
    path: [...parent, key],
    rule: 'unknown-field',
    message: `"${clip(key)}" is no field of ${place}: ${hint}`,
  }
}

function tooSmall(path: Path, value: Json | undefined, issue: ZodIssue & { code: 'too_small' }): string {
  if (issue.origin !== 'number' && issue.origin !== 'int') return `${nameOf(path)} ${issue.message}`
  return `${nameOf(path)} is ${describe(value)} and must be at least ${issue.minimum}`
}

function tooBig(path: Path, value: Json | undefined, issue: ZodIssue & { code: 'too_big' }): string {
  if (typeof value === 'string') return `${nameOf(path)} has ${value.length} characters and ${issue.message}`
  return `${nameOf(path)} is ${describe(value)} and must be at most ${issue.maximum}`
}

/** What the author should have written, made of what they wrote. */
function instead({ value: root, written }: Explained, path: Path, expected: string): string {
  const value = valueAt(root, path)
  const text = clip(written?.(path) ?? String(value))
  if (expected === 'string') {
    if (Array.isArray(value))
      return value.every(isScalar) ? `write one text: "${clip(value.join(', '))}"` : 'write a text'
    return value === null || isJsonObject(value) ? 'write a text' : `write "${text}" in quotes`
  }
  if (expected === 'array')
    return isScalar(value) ? `write a list: [${text}]` : 'write a list, each item behind a "-"'
  if (expected === 'int' || expected === 'number') {
    return typeof value === 'string' && /^\d+$/.test(value)
      ? `write ${clip(value)} without quotes`
      : 'write a number such as 3'
  }
  return 'write its fields one below the other, further to the right'
}

const words: Record<string, string> = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}
const wanted = (expected: string): string => words[expected] ?? expected

function describe(value: Json | undefined): string {
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'an object'
  return typeof value === 'string'
    ? JSON.stringify(clip(value))
    : `${value === null ? '' : `the ${typeof value} `}${value}`
}

/** The field by its own name; an item of a list by the list's name and its index. */
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

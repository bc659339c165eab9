import { isJsonObject, type Json, sameJson } from '../lib/json.ts'

/** `$.value > 3` as plain JSON, because plans contain it. */
export interface Condition {
  path: (string | number)[]
  operator: Operator
  literal: Json
}

const operators = ['>=', '<=', '==', '!=', '>', '<'] as const
type Operator = (typeof operators)[number]

const NAME = /\.([A-Za-z_][\w-]*)/y
const INDEX = /\[(\d{1,9})\]/y
const QUOTED = /\[("(?:[^"\\]|\\.)*"|'[^']*')\]/y
const MAX_LENGTH = 1_000
const EXAMPLE = 'write for example $.value > 3, or $["any name"] == true'

/** Parses a path into the input, an operator and a JSON literal. */
export function parseCondition(text: string): { condition: Condition } | { problem: string } {
  if (text.length > MAX_LENGTH)
    return { problem: `it has ${text.length} characters; the limit is ${MAX_LENGTH}` }
  const trimmed = text.trim()
  if (!trimmed.startsWith('$'))
    return { problem: `"${trimmed}" does not start with $ (the input): ${EXAMPLE}` }
  const { path, end } = readPath(trimmed)
  const rest = trimmed.slice(end).trimStart()
  const operator = operators.find((each) => rest.startsWith(each))
  if (!operator) return { problem: `"${rest}" does not start with one of > < >= <= == !=: ${EXAMPLE}` }
  const literal = rest.slice(operator.length).trim()
  try {
    return { condition: { path, operator, literal: JSON.parse(literal, asKept) as Json } }
  } catch {
    return {
      problem: `"${literal}" is not a JSON literal (a number, a string in double quotes, true, false or null): ${EXAMPLE}`,
    }
  }
}

/** Refuses infinite numbers, which JSON would turn into null, and turns -0 into 0, as JSON does. */
function asKept(_key: string, value: Json): Json {
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) throw new RangeError('the number is too large')
  return value === 0 ? 0 : value
}

function readPath(text: string): { path: (string | number)[]; end: number } {
  const path: (string | number)[] = []
  let end = 1
  for (;;) {
    const next = match(NAME, text, end) ?? match(INDEX, text, end) ?? match(QUOTED, text, end)
    if (!next) return { path, end }
    const [whole, part = ''] = next
    const key = keyOf(whole, part)
    if (key === undefined) return { path, end }
    path.push(key)
    end += whole.length
  }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function keyOf(whole: string, part: string): string | number | undefined {
  if (whole.startsWith('.')) return part
  if (part.startsWith("'")) return part.slice(1, -1)
  if (!part.startsWith('"')) return Number(part)
  try {
    return String(JSON.parse(part))
  } catch {
    return undefined
  }
}

/** Every condition on a missing value is false, and so is an order between values that cannot be compared. */
export function holds({ path, operator, literal }: Condition, input: Json): boolean {
  const value = path.reduce<Json | undefined>(step, input)
  if (value === undefined) return false
  if (operator === '==') return sameJson(value, literal)
  if (operator === '!=') return !sameJson(value, literal)
  const areNumbers = typeof value === 'number' && typeof literal === 'number'
  const areTexts = typeof value === 'string' && typeof literal === 'string'
  if (!areNumbers && !areTexts) return false
  const order = value === literal ? 0 : value < literal ? -1 : 1
  switch (operator) {
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    default:
      return operator satisfies never
  }
}

function step(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined
  return isJsonObject(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined
}

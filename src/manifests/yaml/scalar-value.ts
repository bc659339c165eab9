import { isScalar, type Node, type Scalar } from 'yaml'
import { resolvePlain } from './resolve-scalar.ts'

export const TAG = 'tag:yaml.org,2002:'

/** undefined if the tag is not supported, or the text does not fit it. */
export function scalarValue(node: Scalar): string | number | boolean | null | undefined {
  const text = String(node.value)
  if (!node.tag) return node.type === 'PLAIN' ? resolvePlain(text) : text
  if (node.tag === '!' || node.tag === `${TAG}str` || node.tag === `${TAG}timestamp`) return text
  const value = resolvePlain(text)
  switch (node.tag) {
    case `${TAG}int`:
      return Number.isInteger(value) ? value : undefined
    case `${TAG}float`:
      return typeof value === 'number' ? value : undefined
    case `${TAG}bool`:
      return typeof value === 'boolean' ? value : undefined
    case `${TAG}null`:
      return value === null ? value : undefined
    default:
      return undefined
  }
}

/** The JSON name of a key; undefined if it cannot have one. */
export function keyText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined
  const value = scalarValue(node)
  const text = typeof value === 'number' && !isExact(value) ? String(node.value) : value?.toString()
  // Assigning to __proto__ would change the object's prototype and add no field.
  return text === '__proto__' ? undefined : text
}

export const isMergeKey = (node: Node | null): node is Scalar =>
  isScalar(node) && node.value === '<<' && node.type === 'PLAIN' && !node.tag

/** Whether JSON holds the number exactly. */
export const isExact = (value: number): boolean =>
  Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)

export const inexact = ({ source }: Scalar, value: number): string =>
  Number.isFinite(value)
    ? `${source} is beyond ${Number.MAX_SAFE_INTEGER}, the limit of exact whole numbers: write "${source}" in quotes if it is a string`
    : `${source} is not a JSON number: write "${source}" in quotes if it is a string`

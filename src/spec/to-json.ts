import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import type { Json, JsonObject } from '../json.ts'
import type { Finding } from './issue.ts'
import { MAX_DEPTH, MAX_ISSUES, MAX_TEXT_BYTES } from './limits.ts'
import { resolvePlain } from './resolve-scalar.ts'

/** A finding with its place in the text: what is written twice has no path of its own. */
export interface PlacedFinding extends Finding {
  offset: number
}

export interface Converted {
  value: Json
  findings: PlacedFinding[]
  /** What each alias stands for; an anchor's name may be used again further down. */
  targets: Targets
}

export type Targets = ReadonlyMap<Alias, Node>
type Path = readonly (string | number)[]
type Tree = Node | null

/** The parser's tree as the JSON that kubectl would make of it, as long as it stays within a text.s size. */
export function toJson(tree: Node): Converted {
  const targets = new Map<Alias, Node>()
  const findings: PlacedFinding[] = []
  const anchors = new Map<string, Node>()
  /** Anchored nodes under conversion: an alias to one of these would never end. */
  const open = new Set<Node>()
  /** JSON characters so far. Aliases count each time, so that a few lines cannot grow into gigabytes. */
  let size = 0

  const refuse = (node: Node, path: Path, rule: string, message: string): null => {
    findings.push({ path, rule, message, offset: node.range?.[0] ?? 0 })
    return null
  }

  const isFull = (): boolean => size > MAX_TEXT_BYTES || findings.length > MAX_ISSUES

  const grow = (node: Node, path: Path, characters: number): boolean => {
    if (isFull()) return false
    size += characters
    if (size > MAX_TEXT_BYTES) refuse(node, path, 'too-large', tooLarge)
    return !isFull()
  }

  const convert = (node: Tree, path: Path): Json => {
    if (!node || isFull()) return null
    if (isAlias(node)) return convertAlias(node, path)
    if (node.anchor) anchors.set(node.anchor, node)
    if (path.length > MAX_DEPTH) return refuse(node, path, 'too-deep', tooDeep)
    open.add(node)
    const value = convertContent(node, path)
    open.delete(node)
    return value
  }

  const convertContent = (node: Node, path: Path): Json => {
    if (isScalar(node)) return convertScalar(node, path)
    if (node.tag && node.tag !== `${TAG}map` && node.tag !== `${TAG}seq`) return refuseTag(node, path)
    if (isMap<Node, Tree>(node)) return convertMap(node, path)
    if (!isSeq<Tree>(node)) return null
    const list: Json[] = []
    for (const [index, item] of node.items.entries()) {
      if (!grow(node, path, 1)) break
      list.push(convert(item, [...path, index]))
    }
    return list
  }

  const convertAlias = (alias: Alias, path: Path): Json => {
    const target = targets.get(alias) ?? anchors.get(alias.source)
    if (!target)
      return refuse(alias, path, 'syntax', `no anchor &${alias.source} stands before *${alias.source}`)
    targets.set(alias, target)
    if (open.has(target)) return refuse(alias, path, 'syntax', `*${alias.source} stands inside what it names`)
    return convert(target, path)
  }

  const convertScalar = (node: Scalar, path: Path): Json => {
    const value = scalarValue(node)
    if (value === undefined) return refuseTag(node, path)
    if (typeof value === 'number' && !isExact(value))
      return refuse(node, path, 'number', inexact(node, value))
    return grow(node, path, String(value).length + 2) ? value : null
  }

  const convertMap = (map: YAMLMap<Node, Tree>, path: Path): JsonObject => {
    const object: JsonObject = {}
    const merges: { node: Tree; earlier: Set<string>; at: Node }[] = []
    for (const { key: keyNode, value } of map.items) {
      if (isFull()) break
      if (isMergeKey(keyNode)) {
        merges.push({ node: value, earlier: new Set(Object.keys(object)), at: keyNode })
        continue
      }
      const key = convertKey(keyNode, path)
      if (key === undefined || !grow(keyNode, path, key.length + 4)) continue
      if (Object.hasOwn(object, key)) {
        refuse(keyNode, [...path, key], 'doubled-key', `"${key}" is given twice: take one away`)
      } else object[key] = convert(value, [...path, key])
    }
    for (const merge of merges) mergeInto(object, merge, path)
    return object
  }

  /** The map's own keys win, as in YAML; kubectl lets the later one win, so where the two differ we ask. */
  const mergeInto = (
    object: JsonObject,
    merge: { node: Tree; earlier: Set<string>; at: Node },
    path: Path,
  ): void => {
    const source = convert(merge.node, path)
    for (const part of Array.isArray(source) ? source : [source]) {
      if (!isPlainObject(part)) {
        refuse(merge.at, path, 'type', 'what stands behind << must be a map or a list of maps')
        continue
      }
      for (const [key, value] of Object.entries(part)) {
        if (merge.earlier.has(key)) {
          refuse(
            merge.at,
            [...path, key],
            'doubled-key',
            `<< brings "${key}" again: write << before "${key}"`,
          )
        } else if (!Object.hasOwn(object, key)) object[key] = value
      }
    }
  }

  const convertKey = (node: Tree, path: Path): string | undefined => {
    const scalar = node && isAlias(node) ? (targets.get(node) ?? anchors.get(node.source)) : node
    if (node && isAlias(node) && scalar) targets.set(node, scalar)
    if (scalar && isScalar(scalar) && scalar.anchor) anchors.set(scalar.anchor, scalar)
    const key = keyText(scalar)
    if (key !== undefined) return key
    const message = 'a field needs a name: text, a number or a boolean, and not __proto__'
    refuse(node ?? tree, path, 'key', message)
    return undefined
  }

  const refuseTag = (node: Node, path: Path): null =>
    refuse(
      node,
      path,
      'tag',
      `the tag ${node.tag?.replace(TAG, '!!')} is not understood here: write the value without it`,
    )

  const value = convert(tree, [])
  return { value, findings, targets }
}

const TAG = 'tag:yaml.org,2002:'
const tooDeep = `more than ${MAX_DEPTH} levels of lists and maps: no field of ours is that deep`
const tooLarge = `with its aliases written out the document is larger than ${MAX_TEXT_BYTES / 1024 / 1024} MiB: use jobTemplateRef for what is repeated`

/** undefined: a tag that is not understood, or that the text does not fit. */
function scalarValue(node: Scalar): string | number | boolean | null | undefined {
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

/** The name that a key has in JSON; undefined when it has none. */
export function keyText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined
  const value = scalarValue(node)
  const text = typeof value === 'number' && !isExact(value) ? String(node.value) : value?.toString()
  // An object assigned to __proto__ would not be a field but change what the object is.
  return text === '__proto__' ? undefined : text
}

export const isMergeKey = (node: Tree): node is Scalar =>
  isScalar(node) && node.value === '<<' && node.type === 'PLAIN' && !node.tag

const isExact = (value: number): boolean =>
  Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)

const inexact = ({ source }: Scalar, value: number): string =>
  Number.isFinite(value)
    ? `${source} is beyond ${Number.MAX_SAFE_INTEGER}, where whole numbers are no longer exact: write "${source}" in quotes if it is a text`
    : `${source} is no number that JSON knows: write "${source}" in quotes if it is a text`

const isPlainObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts'
import { MAX_DEPTH, MAX_ISSUES, MAX_TEXT_BYTES } from '../fields/limits.ts'
import type { Finding } from '../issue.ts'
import { inexact, isExact, isMergeKey, keyText, scalarValue, TAG } from './scalar-value.ts'

/** A finding with its offset in the text, because a duplicate key has no path of its own. */
export interface PlacedFinding extends Finding {
  offset: number
}

export interface Converted {
  value: Json
  findings: PlacedFinding[]
  /** The node of each alias. A later anchor may reuse the name of an earlier one. */
  targets: Targets
}

export type Targets = ReadonlyMap<Alias, Node>
type Path = readonly (string | number)[]
type Tree = Node | null

/** Converts the parser's tree to the JSON that kubectl would produce, up to the size limit of a text. */
export function toJson(tree: Node): Converted {
  const targets = new Map<Alias, Node>()
  const findings: PlacedFinding[] = []
  const anchors = new Map<string, Node>()
  /** Nodes being converted. An alias to one of them would recurse without end. */
  const open = new Set<Node>()
  /** JSON characters so far. Each use of an alias counts, so that a few lines cannot expand to gigabytes. */
  let size = 0
  /** Counted apart from the path, because merge keys nest without a path segment. */
  let depth = 0

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
    if (!node || !grow(node, path, 1)) return null
    if (isAlias(node)) return convertAlias(node, path)
    if (node.anchor) anchors.set(node.anchor, node)
    if (depth > MAX_DEPTH) return refuse(node, path, 'too-deep', tooDeep)
    open.add(node)
    depth += 1
    const value = convertContent(node, path)
    depth -= 1
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
      if (isFull()) break
      list.push(convert(item, [...path, index]))
    }
    return list
  }

  const convertAlias = (alias: Alias, path: Path): Json => {
    const target = targets.get(alias) ?? anchors.get(alias.source)
    if (!target)
      return refuse(
        alias,
        path,
        'syntax',
        `the anchor &${alias.source} does not exist before *${alias.source}`,
      )
    targets.set(alias, target)
    if (open.has(target)) return refuse(alias, path, 'syntax', `*${alias.source} is inside its own anchor`)
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
    let merge: { key: Node; value: Tree; earlier: string[] } | undefined
    for (const { key: keyNode, value } of map.items) {
      if (isFull()) break
      const key = isMergeKey(keyNode) ? '<<' : convertKey(keyNode, path)
      if (key === undefined || !grow(keyNode, path, key.length + 3)) continue
      if (isMergeKey(keyNode) ? merge : Object.hasOwn(object, key)) {
        refuse(keyNode, [...path, key], 'doubled-key', `duplicate key "${key}": remove one`)
      } else if (isMergeKey(keyNode)) merge = { key: keyNode, value, earlier: Object.keys(object) }
      else object[key] = convert(value, [...path, key])
    }
    if (merge) mergeInto(object, merge, path)
    return object
  }

  /** In YAML the map's own keys win; in kubectl the later key wins. Where they differ, this is an issue. */
  const mergeInto = (
    object: JsonObject,
    merge: { key: Node; value: Tree; earlier: string[] },
    path: Path,
  ): void => {
    const source = convert(merge.value, path)
    const earlier = new Set(merge.earlier)
    for (const part of Array.isArray(source) ? source : [source]) {
      if (!isJsonObject(part)) {
        refuse(merge.key, path, 'type', 'the value of << must be a map or a list of maps')
        continue
      }
      for (const [key, value] of Object.entries(part)) {
        const message = `<< repeats the key "${key}": write << before "${key}"`
        if (earlier.has(key)) refuse(merge.key, [...path, key], 'doubled-key', message)
        else if (!Object.hasOwn(object, key)) object[key] = value
      }
    }
  }

  const convertKey = (node: Tree, path: Path): string | undefined => {
    const scalar = node && isAlias(node) ? (targets.get(node) ?? anchors.get(node.source)) : node
    if (node && isAlias(node) && scalar) targets.set(node, scalar)
    if (scalar && isScalar(scalar) && scalar.anchor) anchors.set(scalar.anchor, scalar)
    const key = keyText(scalar)
    if (key !== undefined) return key
    const message = 'a key must be a string, a number or a boolean, and not __proto__'
    refuse(node ?? tree, path, 'key', message)
    return undefined
  }

  const refuseTag = (node: Node, path: Path): null =>
    refuse(
      node,
      path,
      'tag',
      `the tag ${node.tag?.replace(TAG, '!!')} is not supported: write the value without it`,
    )

  const value = convert(tree, [])
  return { value, findings, targets }
}

const tooDeep = `more than ${MAX_DEPTH} levels of lists and maps: use fewer`
const tooLarge = `with its aliases expanded the document is larger than ${MAX_TEXT_BYTES / 1024 / 1024} MiB: use jobTemplateRef for repeated parts`

import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'
import { isMergeKey, keyText } from './scalar-value.ts'
import type { Targets } from './to-json.ts'

type Path = readonly (string | number)[]

/** Where a value is in the tree. An entry of a map has a key; an item of a list does not. */
export interface Place {
  key?: Node
  value: Node | null
}

/** Finds a path in the parser's tree, through aliases and merged maps; undefined if it does not exist. */
export function findPlace(tree: Node, targets: Targets, path: Path): Place | undefined {
  let place: Place | undefined = { value: tree }
  for (const part of path) {
    const node = resolve(place?.value ?? null, targets)
    place = isSeq<Node | null>(node) ? findItem(node.items, part) : findEntry(node, targets, part)
    if (!place) return undefined
  }
  return place
}

/** The offset of a scalar's value. For a list or map, which begins on a later line, the offset of its key. */
export function placeOffset({ key, value }: Place, prefer: 'key' | 'value' = 'value'): number {
  const hasText = isScalar(value) ? value.source !== '' : value !== null && isAlias(value)
  const node = key && (prefer === 'key' || !hasText) ? key : value
  return node?.range?.[0] ?? 0
}

/** The scalar as its author wrote it, without quotes. */
export function writtenText({ value }: Place, targets: Targets): string | undefined {
  const node = resolve(value, targets)
  return isScalar(node) ? node.source : undefined
}

const resolve = (node: Node | null, targets: Targets): Node | null =>
  node && isAlias(node) ? (targets.get(node) ?? null) : node

function findItem(items: readonly (Node | null)[], index: string | number): Place | undefined {
  const value = typeof index === 'number' ? items[index] : undefined
  return value === undefined ? undefined : { value }
}

/** Searches the map first, then its merged maps. Each is searched once, because merges may form a cycle. */
function findEntry(start: Node | null, targets: Targets, key: string | number): Place | undefined {
  const maps = new Set([start])
  for (const node of maps) {
    if (!isMap<Node, Node | null>(node)) continue
    const pair = node.items.find(
      (item) => !isMergeKey(item.key) && keyText(resolve(item.key, targets)) === key,
    )
    if (pair) return { key: pair.key, value: pair.value }
    for (const { value } of node.items.filter((item) => isMergeKey(item.key))) {
      const source = resolve(value, targets)
      const parts = isSeq<Node | null>(source) ? source.items : [source]
      for (const part of parts) maps.add(resolve(part, targets))
    }
  }
  return undefined
}

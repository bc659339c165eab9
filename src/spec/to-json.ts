import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import type { Json, JsonObject } from '../json.ts'
import type { Finding } from './issue.ts'
import { MAX_DEPTH, MAX_MANIFEST_BYTES } from './limits.ts'
import { resolvePlain } from './resolve-scalar.ts'

/** A finding with its place, since a key that is given twice has no path of its own. */
export interface PlacedFinding extends Finding {
  offset: number
}

export interface Converted {
  value: Json
  findings: PlacedFinding[]
  /** What each alias stands for: an anchor's name may be used again further down. */
  targets: ReadonlyMap<Alias, Node>
}

type Path = readonly (string | number)[]

/** The parser's tree as the JSON that kubectl would make of it; never larger than a manifest may be. */
export function toJson(tree: Node): Converted {
  const converter = new Converter()
  const value = converter.convert(tree, [])
  return { value, findings: converter.findings, targets: converter.targets }
}

const STR = 'tag:yaml.org,2002:str'
const knownTags = new Set(['map', 'seq', 'int', 'float', 'bool', 'null', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`))

class Converter {
  readonly findings: PlacedFinding[] = []
  readonly targets = new Map<Alias, Node>()
  readonly #anchors = new Map<string, Node>()
  /** Anchored nodes that are being converted: an alias to one of them would never end. */
  readonly #open = new Set<Node>()
  /** JSON characters so far. Aliases count each time, so a few lines cannot grow into gigabytes. */
  #size = 0

  convert(node: Node | null, path: Path): Json {
    if (!node) return this.#grow(null, path, 0)
    if (isAlias(node)) return this.#alias(node, path)
    if (node.anchor) this.#anchors.set(node.anchor, node)
    if (path.length > MAX_DEPTH) return this.#refuse(node, path, 'too-deep', `more than ${MAX_DEPTH} levels deep`)
    this.#open.add(node)
    const value = this.#content(node, path)
    this.#open.delete(node)
    return value
  }

  #content(node: Node, path: Path): Json {
    if (isScalar(node)) return this.#scalar(node, path)
    if (node.tag && !knownTags.has(node.tag)) return this.#foreignTag(node, path)
    if (isSeq<Node | null>(node)) {
      const list: Json[] = []
      for (const [index, item] of node.items.entries()) {
        if (this.#isFull()) break
        list.push(this.convert(item, [...path, index]))
      }
      return list
    }
    return isMap<Node, Node | null>(node) ? this.#map(node, path) : null
  }
}

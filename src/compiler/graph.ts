/** Questions about a directed graph of named nodes, answered without recursion: plans may be ten thousand deep. */
export interface Vertex {
  id: string
  needs: readonly string[]
}

/** Ids that stand more than once, each once, in order of their second appearance. */
export function doubledIds(vertices: readonly Vertex[]): string[] {
  const seen = new Set<string>()
  const doubled = new Set<string>()
  for (const { id } of vertices) {
    if (seen.has(id)) doubled.add(id)
    seen.add(id)
  }
  return [...doubled]
}

/** Needs that no vertex has, as [vertex, missing id] in order. */
export function unknownNeeds(vertices: readonly Vertex[]): [id: string, missing: string][] {
  const known = new Set(vertices.map(({ id }) => id))
  return vertices.flatMap(({ id, needs }) =>
    needs.filter((need) => !known.has(need)).map((need): [string, string] => [id, need]),
  )
}

/** Cycles that share no vertex, each as `findCycle` tells it: enough to mend them all in one go. */
export function findCycles(vertices: readonly Vertex[]): string[][] {
  const cycles: string[][] = []
  let rest = vertices
  for (let cycle = findCycle(rest); cycle; cycle = findCycle(rest)) {
    cycles.push(cycle)
    const gone = new Set(cycle)
    rest = rest.filter(({ id }) => !gone.has(id))
  }
  return cycles
}

/**
 * One cycle as the ids along it, first id repeated at the end (`a → b → a`); undefined when there is none.
 * Needs that no vertex has are passed over. Kahn's algorithm; then a walk among what is left, where every
 * vertex still has a need that is left too, must come back to itself.
 */
export function findCycle(vertices: readonly Vertex[]): string[] | undefined {
  const left = new Map<string, Vertex>()
  // Vertices of one name count as one that needs what any of them does.
  for (const { id, needs } of vertices)
    left.set(id, { id, needs: [...(left.get(id)?.needs ?? []), ...needs] })
  const open = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const { id, needs } of left.values()) {
    const known = new Set(needs.filter((need) => left.has(need)))
    open.set(id, known.size)
    for (const need of known) dependents.set(need, [...(dependents.get(need) ?? []), id])
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([id]) => id)
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    left.delete(id)
    for (const dependent of dependents.get(id) ?? []) {
      const count = (open.get(dependent) ?? 0) - 1
      open.set(dependent, count)
      if (count === 0) ready.push(dependent)
    }
  }
  const [first] = left.keys()
  if (first === undefined) return undefined
  const path: string[] = []
  let at: string | undefined = first
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = left.get(at)?.needs.find((need) => left.has(need))
  }
  return at === undefined ? undefined : [...path.slice(path.indexOf(at)), at].reverse()
}

/** Queries on a directed graph of named nodes. Not recursive, because plans may be 10,000 nodes deep. */
export interface Vertex {
  id: string
  needs: readonly string[]
}

/** Duplicate ids, each once, in order of their second occurrence. */
export function doubledIds(vertices: readonly Vertex[]): string[] {
  const seen = new Set<string>()
  const doubled = new Set<string>()
  for (const { id } of vertices) {
    if (seen.has(id)) doubled.add(id)
    seen.add(id)
  }
  return [...doubled]
}

/** Needs that name no vertex, as [vertex, missing id], in order. */
export function unknownNeeds(vertices: readonly Vertex[]): [id: string, missing: string][] {
  const known = new Set(vertices.map(({ id }) => id))
  return vertices.flatMap(({ id, needs }) =>
    needs.filter((need) => !known.has(need)).map((need): [string, string] => [id, need]),
  )
}

/** Cycles that share no vertex, each as from `findCycle`, so that an author can correct them all at once. */
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
 * One cycle as the ids along it, with the first id repeated at the end (`a → b → a`); undefined if there is
 * none. Ignores unknown needs. Kahn's algorithm leaves the vertices that are in a cycle or depend on one.
 * Each has a need among them, so following the needs finds a cycle.
 */
export function findCycle(vertices: readonly Vertex[]): string[] | undefined {
  const left = new Map<string, Vertex>()
  // Vertices with the same id count as one, with the needs of all.
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

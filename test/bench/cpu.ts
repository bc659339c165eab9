import { readFileSync } from 'node:fs'
import type { Component } from '../../deploy/local/component.ts'

/** Clock ticks of /proc in a second: a constant of Linux's interface to programs. */
const TICKS = 100

/** CPU seconds that each process has used since it was started, by its name. */
export function cpuSeconds(components: readonly Component[]): Record<string, number> {
  return Object.fromEntries(
    components.flatMap((component) => {
      const pid = component.process()?.pid
      if (pid === undefined) return []
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [[component.name, (Number(fields[11]) + Number(fields[12])) / TICKS]]
    }),
  )
}

/** Does something; resolves with its result and where the time went, for so many pieces of work. */
export async function profiled<T>(
  components: readonly Component[],
  pieces: number,
  work: () => Promise<T>,
): Promise<{ value: T; profile: string }> {
  const before = cpuSeconds(components)
  const value = await work()
  return { value, profile: cpuText(before, cpuSeconds(components), pieces) }
}

/** Where the time went meanwhile: milliseconds of CPU per piece of work, the greediest first. */
function cpuText(before: Record<string, number>, after: Record<string, number>, pieces: number): string {
  return Object.entries(after)
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before[name] ?? 0)) * 1_000) / pieces])
    .filter(([, ms]) => ms >= 0.1)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
    .join(', ')
}

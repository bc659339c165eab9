import { readFileSync } from 'node:fs'
import type { Component } from '../../deploy/local/processes/component.ts'

/** Clock ticks of /proc in a second: a constant of Linux's interface to programs. */
const TICKS = 100

/** CPU seconds that each process has used since its start, by its name. */
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

/** CPU time by process, and the load of the machine. */
export interface Profile {
  /** Milliseconds of CPU per piece of work, by process. */
  perPiece: Record<string, number>
  /** Share of all cores that was busy, with everything else on the machine: 1 is all of the time. */
  busy: number
}

export interface Profiled<T> {
  value: T
  profile: Profile
}

/** Runs `work`, which consists of `pieces` pieces. */
export async function profiled<T>(
  components: readonly Component[],
  pieces: number,
  work: () => Promise<T>,
): Promise<Profiled<T>> {
  const [before, coresBefore] = [cpuSeconds(components), coreTicks()]
  const value = await work()
  const [after, coresAfter] = [cpuSeconds(components), coreTicks()]
  const perPiece = Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [
      name,
      ((seconds - (before[name] ?? 0)) * 1_000) / pieces,
    ]),
  )
  return { value, profile: { perPiece, busy: busyBetween(coresBefore, coresAfter) } }
}

/** The share of all cores that is busy while `wait` lasts. */
export async function busyDuring(wait: () => Promise<void>): Promise<number> {
  const before = coreTicks()
  await wait()
  return busyBetween(before, coreTicks())
}

interface Ticks {
  idle: number
  all: number
}

const busyBetween = (before: Ticks, after: Ticks): number =>
  1 - (after.idle - before.idle) / (after.all - before.all)

/** The first line of /proc/stat: user, nice, system, idle, iowait, … */
function coreTicks(): Ticks {
  const ticks = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/ +/).slice(1, 9).map(Number)
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: sum(ticks) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/** Milliseconds of CPU per piece of work, over all processes. */
export const totalMs = ({ perPiece }: Profile): number => sum(Object.values(perPiece))

/** The process with the most CPU time first. */
export function profileText({ perPiece, busy }: Profile): string {
  const processes = Object.entries(perPiece)
    .filter(([, ms]) => ms >= 0.1)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
  return `${processes.join(', ')} (cores ${Math.round(busy * 100)} % busy)`
}

const ENGINE = ['temporal', 'millrace-worker', 'millrace-api', 'postgres']

/** Why our work cannot be as fast as the same work with bare Jobs, from the profiles of both. */
export function boundText(ours: Profile, bare: Profile): string {
  const [us, them] = [totalMs(ours), totalMs(bare)]
  const engine = sum(ENGINE.map((name) => ours.perPiece[name] ?? 0))
  const [busy, bareBusy] = [ours, bare].map((each) => `${Math.round(each.busy * 100)} %`)
  return (
    `CPU: the cores are ${busy} busy, and ${bareBusy} with bare Jobs. Ours take ${us.toFixed(0)} ms of it each, ` +
    `${engine.toFixed(0)} of them in Temporal, worker and API, and bare ones ${them.toFixed(0)} ms; the rest of the ` +
    'difference is what Kubernetes does for our labels, annotations, run objects and watches'
  )
}

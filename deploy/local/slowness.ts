/**
 * How many times slower this machine is than the one for which time limits were chosen, as the parent process
 * (test/run.ts) measured it. Limits are for hangs: they are stretched by this factor and never shortened.
 */
export function slowness(): number {
  const said = Number(process.env.MILLRACE_SLOWNESS ?? 1)
  return Number.isFinite(said) ? Math.max(1, said) : 1
}

/** A time limit, in any unit, stretched for this machine. */
export const patience = (limit: number): number => limit * slowness()

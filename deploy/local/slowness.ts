/**
 * How many times slower this machine is than the one that limits of time were written for, as it was measured by
 * whoever started this process (test/run.ts). Limits are for hangs: they are stretched by it, and never shortened.
 */
export function slowness(): number {
  const said = Number(process.env.MILLRACE_SLOWNESS ?? 1)
  return Number.isFinite(said) ? Math.max(1, said) : 1
}

/** A limit, in whatever unit, as it holds on this machine. */
export const patience = (limit: number): number => limit * slowness()

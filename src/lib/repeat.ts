/**
 * Repeats `act` until stopped; calls never overlap. `act` returns the milliseconds until its next call and
 * must not throw.
 */
export function repeat(
  act: (isStopped: () => boolean) => Promise<number>,
  firstAfterMs = 0,
): { stop(): void } {
  let stopped = false
  let timer: NodeJS.Timeout
  const isStopped = (): boolean => stopped
  const turn = async (): Promise<void> => {
    const next = await act(isStopped)
    if (!stopped) timer = setTimeout(() => void turn(), next)
  }
  timer = setTimeout(() => void turn(), firstAfterMs)
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Logs one JSON line per event to stderr, for log collectors and people. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void

export function createLog(
  component: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  return (level, message, fields = {}) => {
    const { error, ...rest } = fields
    const told = error === undefined ? {} : { error: describeError(error) }
    write(
      `${JSON.stringify({ time: new Date().toISOString(), level, component, message, ...rest, ...told })}\n`,
    )
  }
}

/** An error with its causes on one line, without HTTP headers and bodies. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` ← ${describeError(error.cause)}`
  return `${error.name}: ${error.message}${cause}`
}

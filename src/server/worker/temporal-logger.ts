import { DefaultLogger } from '@temporalio/worker'
import type { Log } from '../../telemetry/log.ts'

/** Temporal's log lines in our format, without task tokens: a token can end an attempt. */
export function temporalLogger(log: Log): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { taskToken: _, ...rest } = meta ?? {}
    log(level === 'ERROR' ? 'error' : 'warn', message, rest)
  })
}

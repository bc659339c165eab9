import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection } from '@temporalio/worker'
import type { Log } from '../../telemetry/log.ts'

const signals = ['SIGINT', 'SIGTERM'] as const
/** Pause between two attempts to reach Temporal at start. */
const AGAIN_MS = 1_000
/** Within one cluster, bytes are cheaper than the time to compress them at every step of a run. */
const grpcCompression = { codec: 'none' } as const

/** A worker that starts before Temporal waits for it. Until then a signal ends the process at once. */
export async function connectWorker(address: string, log: Log): Promise<NativeConnection> {
  const end = (): void => process.exit()
  for (const signal of signals) process.on(signal, end)
  try {
    for (;;) {
      try {
        return await NativeConnection.connect({ address, grpcCompression })
      } catch (error) {
        log('warn', 'Temporal cannot be reached yet, retrying', { address, error })
        await sleep(AGAIN_MS)
      }
    }
  } finally {
    for (const signal of signals) process.off(signal, end)
  }
}

import { readFileSync } from 'node:fs'
import { GB } from './disk-space.ts'

/**
 * Resident, together, while nothing runs: API server, controllers, scheduler, etcd, kubelet and containerd; Temporal;
 * worker and API. Estimates from above, by `ps` on a machine with two cores; runs and jobs come on top.
 */
const KUBERNETES_BYTES = GB
const TEMPORAL_BYTES = 0.3 * GB
const MILLRACE_BYTES = 0.45 * GB
/** The Go compiler and linker on the largest package. */
const BUILD_BYTES = 2 * GB

export const bytesToStart = (needs: { kubernetes: boolean; temporal: boolean }): number =>
  MILLRACE_BYTES + (needs.kubernetes ? KUBERNETES_BYTES : 0) + (needs.temporal ? TEMPORAL_BYTES : 0)

/** What this start takes, of memory and swap; a limit of a container counts as the machine's. */
export const memoryFaults = (needs: { kubernetes: boolean; temporal: boolean }): string[] =>
  faultsOf('what is started here', bytesToStart(needs), available())

export const memoryFaultsToBuild = (): string[] => faultsOf('the Go compiler', BUILD_BYTES, available())

export function faultsOf(user: string, needed: number, free: number): string[] {
  if (free >= needed) return []
  return [
    `${inGb(free)} of memory and swap is free, and ${user} takes about ${inGb(needed)}: end other programs, add swap ` +
      '(`fallocate -l 4G /swap && chmod 600 /swap && mkswap /swap && swapon /swap`), or take a larger machine',
  ]
}

function available(): number {
  const swap = /^SwapFree:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return process.availableMemory() + Number(swap ?? 0) * 1024
}

const inGb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`

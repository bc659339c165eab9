import { readFileSync } from 'node:fs'
import { GB } from './disk-space.ts'

/**
 * Resident memory of all processes while nothing runs: API server, controllers, scheduler, etcd, kubelet and
 * containerd; Temporal; worker and API. Upper estimates by `ps` on a machine with two cores. Runs and jobs add to it.
 */
const KUBERNETES_BYTES = GB
const TEMPORAL_BYTES = 0.3 * GB
const MILLRACE_BYTES = 0.45 * GB
/** The Go compiler and linker on the largest package. */
const BUILD_BYTES = 2 * GB

export const bytesToStart = (needs: { kubernetes: boolean; temporal: boolean }): number =>
  MILLRACE_BYTES + (needs.kubernetes ? KUBERNETES_BYTES : 0) + (needs.temporal ? TEMPORAL_BYTES : 0)

/** Compares what this start needs with free memory and swap. A container's limit counts as the machine's. */
export const memoryFaults = (needs: { kubernetes: boolean; temporal: boolean }): string[] =>
  faultsOf('this start', bytesToStart(needs), available())

export const memoryFaultsToBuild = (): string[] => faultsOf('the Go compiler', BUILD_BYTES, available())

export function faultsOf(user: string, needed: number, free: number): string[] {
  if (free >= needed) return []
  return [
    `${inGb(free)} of memory and swap is free, but ${user} needs about ${inGb(needed)}: stop other programs, add swap ` +
      '(`fallocate -l 4G /swap && chmod 600 /swap && mkswap /swap && swapon /swap`), or use a larger machine',
  ]
}

function available(): number {
  const swap = /^SwapFree:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return process.availableMemory() + Number(swap ?? 0) * 1024
}

const inGb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`

import type { Fault } from './fault.ts'
import { clockSkewed } from './faults/clocks.ts'
import { destroyingFaults } from './faults/destroy.ts'
import { networkFaults } from './faults/network.ts'
import { nodeFaults } from './faults/nodes.ts'
import { refusingFaults } from './faults/refuse.ts'
import { serverFaults } from './faults/servers.ts'
import { workerFaults } from './faults/workers.ts'

export const faults: readonly Fault[] = [
  ...workerFaults,
  ...serverFaults,
  ...networkFaults,
  ...destroyingFaults,
  ...refusingFaults,
  ...nodeFaults,
  clockSkewed,
]

export function faultNamed(name: string): Fault {
  const fault = faults.find((one) => one.name === name)
  if (fault) return fault
  throw new Error(`unknown fault "${name}"; use one of ${faults.map((one) => one.name).join(', ')}`)
}

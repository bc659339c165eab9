import { rmSync } from 'node:fs'
import type { Layout } from './layout.ts'
import { holdStack } from './ownership/lock.ts'
import { disown, keeperOf, requireOwn } from './ownership/owner.ts'
import { cleanUpStack } from './processes/cleanup/cleanup.ts'
import { mountsBelow } from './processes/cleanup/mounts.ts'
import { endsAfter } from './processes/process-id.ts'
import { type Report, reportStep } from './report.ts'

const never = new AbortController().signal
const silent: Report = () => undefined

/** For a whole stack to stop in order. */
const STOPS_WITHIN_MS = 60_000

/**
 * Stops everything that a start of this layout left running, whoever started it, including the process that stays
 * with it or is still starting it. Throws, and touches nothing, if the stack runs with another state folder. `forget`
 * also removes its state.
 */
export async function stopStack(
  layout: Layout,
  options: { forget?: boolean; report?: Report; signal?: AbortSignal } = {},
): Promise<void> {
  const { forget = false, report = silent, signal = never } = options
  requireOwn(layout)
  await endKeeper(layout, report, signal)
  const release = await holdStack(layout, 'stopping', { report, signal })
  try {
    requireOwn(layout)
    await cleanUpStack(layout)
    disown(layout)
    if (forget) forgetState(layout)
  } finally {
    release()
  }
}

/** A process that stays with the stack stops it before it ends, as after Ctrl-C. */
async function endKeeper(layout: Layout, report: Report, signal: AbortSignal): Promise<void> {
  const keeper = keeperOf(layout)
  if (!keeper || keeper.pid === process.pid) return
  await reportStep(report, `Ending process ${keeper.pid}, which stays with this stack`, async () => {
    if (!(await endsAfter(keeper, 'SIGTERM', STOPS_WITHIN_MS, signal)))
      throw new Error(
        `Process ${keeper.pid} does not end. Run \`kill -9 ${keeper.pid}\`, then \`npm run stop\` again`,
      )
  })
}

function forgetState({ stateDir }: Layout): void {
  const [mounted] = mountsBelow([stateDir])
  // The mount may be a user's volume: its files are not ours to delete.
  if (mounted)
    throw new Error(`${mounted} is still mounted: \`umount ${mounted}\`, then remove ${stateDir} by hand`)
  rmSync(stateDir, { recursive: true, force: true })
}

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Layout, runHome } from '../layout.ts'
import { endsAfter, isAlive } from '../processes/process-id.ts'
import { type Report, reportStep } from '../report.ts'
import { type Claim, claim, claimsIn, dropClaim, makeOwnFolder } from './claim.ts'
import { beside, isSameFolder } from './state-folder.ts'

/** What a process does to a stack while no other may change it. */
export interface Work {
  doing: 'starting' | 'stopping'
  stateDir: string
}

export interface HoldOptions {
  report: Report
  signal: AbortSignal
}

const LOOK_MS = 100
/** Two processes that claim at the same moment both release and retry; one of them soon succeeds. */
const TRIES = 6
/** An aborted start stops everything that it has started, and does not interrupt an installation by apt. */
const ENDS_WITHIN_MS = 180_000

interface Held {
  times: number
  release(): void
}

/** The locks of this process. A start holds the lock around steps that take it themselves. */
const held = new Map<string, Held>()

/**
 * Locks the stack until the returned function is called. A start fails if another start holds the lock, and waits for
 * a stop. A stop first ends a running start. An ended process holds no lock.
 */
export async function holdStack(
  layout: Layout,
  doing: Work['doing'],
  options: HoldOptions,
): Promise<() => void> {
  const folder = folderOf(layout)
  const own = held.get(folder)
  if (own) return share(folder, own)
  makeOwnFolder(runHome())
  for (let tries = 1; ; tries += 1) {
    options.signal.throwIfAborted()
    const { release, others } = claim<Work>(folder, { doing, stateDir: layout.stateDir })
    if (release) {
      for (const left of claimsIn(folder).filter((one) => !isAlive(one))) dropClaim(folder, left)
      return share(folder, { times: 0, release })
    }
    const [holder] = others
    if (!holder || tries < TRIES) await sleep(LOOK_MS * Math.random())
    else await resolveConflict(layout, doing, { folder, holder }, options)
  }
}

/** Whether a process holds the lock of the stack with this number. */
export const isHeld = (layout: Layout): boolean => claimsIn(folderOf(layout)).some(isAlive)

const folderOf = ({ index }: Layout): string => join(runHome(), String(index), 'lock')

/** Counts one more holder in this process. The last one to release it releases the lock. */
function share(folder: string, lock: Held): () => void {
  lock.times += 1
  held.set(folder, lock)
  let givenBack = false
  return () => {
    if (givenBack) return
    givenBack = true
    lock.times -= 1
    if (lock.times > 0) return
    held.delete(folder)
    lock.release()
  }
}

async function resolveConflict(
  layout: Layout,
  doing: Work['doing'],
  { folder, holder }: { folder: string; holder: Claim<Work> },
  { report, signal }: HoldOptions,
): Promise<void> {
  const { pid } = holder
  const { doing: other = 'starting', stateDir = layout.stateDir } = holder.about ?? {}
  const what = `process ${pid}, which is ${other} stack ${layout.index}`
  switch (whenHeld(doing, other, isSameFolder(stateDir, layout.stateDir))) {
    case 'refuse':
      throw new Error(
        isSameFolder(stateDir, layout.stateDir)
          ? `Process ${pid} is already ${other} this stack: wait for it, or stop it with \`npm run stop\``
          : `Process ${pid} is ${other} stack ${layout.index} with another state folder, ${stateDir}. ${beside(layout.index)}`,
      )
    case 'wait':
      return reportStep(report, `Waiting for ${what}`, async () => {
        // Waits for the claim, because the process itself may continue with other work.
        while (isAlive(holder) && claimsIn(folder).some((one) => one.pid === pid))
          await sleep(LOOK_MS, undefined, { signal })
      })
    case 'end':
      return reportStep(report, `Ending ${what}`, async () => {
        if (!(await endsAfter(holder, 'SIGTERM', ENDS_WITHIN_MS, signal)))
          throw new Error(`Process ${pid} does not end. Run \`kill -9 ${pid}\`, then \`npm run stop\` again`)
      })
  }
}

/** What to do if another process holds the lock, by what the user of this command expects. */
export function whenHeld(
  doing: Work['doing'],
  other: Work['doing'],
  sameFolder: boolean,
): 'refuse' | 'wait' | 'end' {
  if (!sameFolder) return 'refuse'
  if (other === 'stopping') return 'wait'
  return doing === 'starting' ? 'refuse' : 'end'
}

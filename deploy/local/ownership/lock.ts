import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Layout, runHome } from '../layout.ts'
import { endsAfter, isAlive } from '../processes/process-id.ts'
import { type Report, reportStep } from '../report.ts'
import { type Claim, claim, claimsIn, dropClaim, makeOwnFolder } from './claim.ts'
import { beside, isSameFolder } from './state-folder.ts'

/** What a process does to a stack that no other may touch meanwhile. */
export interface Work {
  doing: 'starting' | 'stopping'
  stateDir: string
}

export interface HoldOptions {
  report: Report
  signal: AbortSignal
}

const LOOK_MS = 100
/** Two that come at the same moment both step back, and one of them is first soon after. */
const TRIES = 6
/** A start that is told to end stops all that it has started; an installation by apt is not cut off. */
const ENDS_WITHIN_MS = 180_000

interface Held {
  times: number
  release(): void
}

/** What this process has: a start holds the lock around parts that take it for themselves. */
const held = new Map<string, Held>()

/**
 * Has the stack to itself until the returned function is called. A start beside another start is refused, one beside a
 * stop waits; a stop ends the start that is under way first. A process that is gone holds nothing.
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

/** Whether some process is at work on a stack of this number. */
export const isHeld = (layout: Layout): boolean => claimsIn(folderOf(layout)).some(isAlive)

const folderOf = ({ index }: Layout): string => join(runHome(), String(index), 'lock')

/** Counts one more holder in this process; the last to give it back lets others have it. */
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
          ? `Process ${pid} is ${other} this stack at the moment: wait for it, or end it with \`npm run stop\``
          : `Process ${pid} is ${other} stack ${layout.index} with another state folder, ${stateDir}. ${beside(layout.index)}`,
      )
    case 'wait':
      return reportStep(report, `Waiting for ${what}`, async () => {
        // By its claim: the process may go on with something else.
        while (isAlive(holder) && claimsIn(folder).some((one) => one.pid === pid))
          await sleep(LOOK_MS, undefined, { signal })
      })
    case 'end':
      return reportStep(report, `Ending ${what}`, async () => {
        if (!(await endsAfter(holder, 'SIGTERM', ENDS_WITHIN_MS, signal)))
          throw new Error(`Process ${pid} does not end: \`kill -9 ${pid}\`, then \`npm run stop\` once more`)
      })
  }
}

/** What to do when another process has the stack: what a user means who types this now. */
export function whenHeld(
  doing: Work['doing'],
  other: Work['doing'],
  sameFolder: boolean,
): 'refuse' | 'wait' | 'end' {
  if (!sameFolder) return 'refuse'
  if (other === 'stopping') return 'wait'
  return doing === 'starting' ? 'refuse' : 'end'
}

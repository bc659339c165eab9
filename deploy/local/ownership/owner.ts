import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { processesOf } from '../kubernetes/cgroups.ts'
import { type Layout, layoutOf, runHome } from '../layout.ts'
import { isAlive, isRunning, type ProcessId } from '../processes/process-id.ts'
import { runningComponents } from '../processes/running-components.ts'
import { makeOwnFolder, removeEmpty } from './claim.ts'
import { beside, isSameFolder, stopWith } from './state-folder.ts'

/**
 * The owner of a stack. Its cgroup, bridge and addresses depend on its number only, whichever state folder it uses.
 */
export interface Owner {
  name: string
  stateDir: string
  /** Where the components of Millrace listen. The user may have chosen these ports. */
  ports: Pick<Layout['ports'], 'api' | 'worker' | 'jobs'>
  /** Who stops the stack: a process that stays with it, or only `stop`. undefined until the start is complete. */
  keeper?: ProcessId | 'detached'
}

const fileOf = (index: number): string => join(runHome(), String(index), 'owner.json')

export function ownerOf({ index }: Pick<Layout, 'index'>): Owner | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(index), 'utf8'))
  } catch {
    return undefined
  }
}

/** Records the owner. */
export function own({ index, name, stateDir, ports }: Layout, keeper?: Owner['keeper']): void {
  const { api, worker, jobs } = ports
  const owner: Owner = { name, stateDir, ports: { api, worker, jobs }, ...(keeper ? { keeper } : {}) }
  const file = fileOf(index)
  makeOwnFolder(runHome())
  makeOwnFolder(join(runHome(), String(index)))
  writeFileSync(`${file}.new`, JSON.stringify(owner), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function disown({ index }: Layout): void {
  rmSync(fileOf(index), { force: true })
  removeEmpty(dirname(fileOf(index)))
}

/** Whether the stack belongs to this state folder: from its first started component until everything is stopped. */
export function isOwn(layout: Layout): boolean {
  const owner = ownerOf(layout)
  return owner !== undefined && isSameFolder(owner.stateDir, layout.stateDir)
}

/** Throws if the stack with this number runs with another state folder. */
export function requireOwn(layout: Layout): void {
  const owner = ownerOf(layout)
  if (!owner || isOwn(layout) || !isInUse(owner, layout.index)) return
  throw new Error(
    `Stack ${layout.index} of this machine runs with another state folder, ${owner.stateDir}, and was not touched. ` +
      `${stopWith(owner.stateDir)}${beside(layout.index)}`,
  )
}

/** Whether a stack with this number runs, with any state folder. */
export function isNumberInUse(index: number): boolean {
  const owner = ownerOf({ index })
  return owner !== undefined && isInUse(owner, index)
}

/** Whether the stack was running before and stays so. Then only its keeper stops it. */
export function isKept(layout: Layout): boolean {
  const running = runningComponents(layout.stateDir)
  if (running.length === 0) return false
  const owner = ownerOf(layout)
  // Started before owners were recorded. The API is the last component to start.
  if (!owner) return running.includes('millrace-api')
  return isOwn(layout) && keeps(owner)
}

/** The process that stays with a stack, if there is one. */
export function keeperOf(layout: Layout): ProcessId | undefined {
  const keeper = isOwn(layout) ? ownerOf(layout)?.keeper : undefined
  return keeper && keeper !== 'detached' && isAlive(keeper) ? keeper : undefined
}

const keeps = ({ keeper }: Owner): boolean =>
  keeper !== undefined && (keeper === 'detached' || isAlive(keeper))

/** A stack whose state folder was removed has no owner any more, even if some of it still runs. */
function isInUse({ name, stateDir }: Owner, index: number): boolean {
  if (!existsSync(stateDir)) return false
  const { cgroup } = layoutOf(name, index, stateDir)
  return runningComponents(stateDir).length > 0 || processesOf(cgroup).some(isRunning)
}

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { processesOf } from '../kubernetes/cgroups.ts'
import { type Layout, layoutOf, runHome } from '../layout.ts'
import { isAlive, isRunning, type ProcessId } from '../processes/process-id.ts'
import { runningComponents } from '../processes/running-components.ts'
import { makeOwnFolder, removeEmpty } from './claim.ts'
import { beside, isSameFolder, stopWith } from './state-folder.ts'

/** Whose a stack is. Its cgroup, bridge and addresses depend on its number alone, whichever folder its state is in. */
export interface Owner {
  name: string
  stateDir: string
  /** Where the parts of Millrace listen, which a user may have said. */
  ports: Pick<Layout['ports'], 'api' | 'worker' | 'jobs'>
  /** Who ends it: a process that stays until it is told, or nobody but `stop`. undefined until the start is done. */
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

/** Writes down whose it is from now on. */
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

/** Whether it is this state folder's: from when something of it is started until all of it was stopped. */
export function isOwn(layout: Layout): boolean {
  const owner = ownerOf(layout)
  return owner !== undefined && isSameFolder(owner.stateDir, layout.stateDir)
}

/** Throws when the stack of this number runs with another state folder: it is somebody else's. */
export function requireOwn(layout: Layout): void {
  const owner = ownerOf(layout)
  if (!owner || isOwn(layout) || !isInUse(owner, layout.index)) return
  throw new Error(
    `Stack ${layout.index} of this machine runs with another state folder, ${owner.stateDir}, and was left alone. ` +
      `${stopWith(owner.stateDir)}${beside(layout.index)}`,
  )
}

/** Whether a stack of this number runs, with whatever state folder. */
export function isNumberInUse(index: number): boolean {
  const owner = ownerOf({ index })
  return owner !== undefined && isInUse(owner, index)
}

/** Whether it was up before and stays so: then whoever keeps it ends it, and nobody else on the way. */
export function isKept(layout: Layout): boolean {
  const running = runningComponents(layout.stateDir)
  if (running.length === 0) return false
  const owner = ownerOf(layout)
  // Up since before stacks had owners: the API is the last part to come up.
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

/** What a folder that was removed belonged to is nobody's any more, whatever of it still runs. */
function isInUse({ name, stateDir }: Owner, index: number): boolean {
  if (!existsSync(stateDir)) return false
  const { cgroup } = layoutOf(name, index, stateDir)
  return runningComponents(stateDir).length > 0 || processesOf(cgroup).some(isRunning)
}

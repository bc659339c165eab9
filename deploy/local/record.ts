import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isAlive, type ProcessIdentity } from './process-identity.ts'
import type { ComponentName, Settings } from './settings.ts'

/** `ending`: somebody told it to end, so that its end is no surprise. */
export interface ProcessRecord extends ProcessIdentity {
  ending?: true
}

/** `<stateDir>/stack.json`: enough to find, adopt or clean up a stack from any process, also after a crash. */
export interface StackRecord {
  name: string
  portBase: number
  cacheDir: string
  keepState: boolean
  kwokNodes: number
  processes: Partial<Record<ComponentName, ProcessRecord>>
}

export function readRecord(stateDir: string): StackRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, 'stack.json'), 'utf8')) as StackRecord
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`${join(stateDir, 'stack.json')} cannot be read`, { cause: error })
  }
}

export function writeRecord({ paths }: Settings, record: StackRecord): void {
  mkdirSync(dirname(paths.record), { recursive: true })
  const draft = `${paths.record}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`)
  renameSync(draft, paths.record)
}

/** Synchronous from reading to writing, so that components started at the same time do not lose each other. */
export function recordProcess(
  settings: Settings,
  name: ComponentName,
  known: ProcessRecord | undefined,
): void {
  const record = readRecord(settings.stateDir)
  if (!record) return
  const { [name]: _, ...others } = record.processes
  writeRecord(settings, { ...record, processes: known ? { ...others, [name]: known } : others })
}

export function recordedProcess({ stateDir }: Settings, name: ComponentName): ProcessRecord | undefined {
  return readRecord(stateDir)?.processes[name]
}

export function livingProcesses(record: StackRecord | undefined): [ComponentName, ProcessRecord][] {
  const entries = Object.entries(record?.processes ?? {}) as [ComponentName, ProcessRecord][]
  return entries.filter(([, known]) => isAlive(known))
}

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { runningComponents } from '../processes/running-components.ts'
import type { Report } from '../report.ts'
import type { TemporalStore } from '../temporal/settings.ts'
import {
  isClusterCompatible,
  isTemporalCompatible,
  type StateVersions,
  unrecorded,
} from './state-versions.ts'

export interface AdoptOptions {
  versions: StateVersions
  /** A cluster of our own is started. */
  kubernetes: boolean
  /** The store of our own Temporal; undefined for the user's. */
  temporal: TemporalStore | undefined
  report: Report
  /** For the names of folders that are set aside. */
  now?: Date
}

/** Files of each kind of state in the state folder. */
const stateFiles = {
  kubernetes: ['etcd'],
  sqlite: ['temporal.db', 'temporal.db-wal', 'temporal.db-shm', 'temporal.db.finished'],
  postgres: ['postgres', 'postgres-password'],
} as const

/**
 * Prepares the state folder for the versions that start now, and records them in it. State that they may not be able
 * to read is moved aside, never deleted. Running components are not affected.
 */
export function adoptState(layout: Layout, options: AdoptOptions): void {
  const { versions, report } = options
  const { stateDir } = layout
  const recordFile = join(stateDir, 'versions.json')
  const found = existsSync(recordFile) ? readRecord(recordFile) : unrecorded
  const running = runningComponents(stateDir)
  const next: StateVersions = { ...found }
  const setAside = (part: 'kubernetes' | 'temporal', names: readonly string[], why: string): void => {
    const day = (options.now ?? new Date()).toISOString().slice(0, 10)
    const folder = moveAside(stateDir, names, `${part}.${found[part]}-${day}`)
    if (folder) report(`${why}. It was moved to ${folder}, with its runs; this start begins with empty state`)
  }
  if (options.kubernetes && !running.includes('etcd')) {
    if (!isClusterCompatible(found, versions))
      setAside(
        'kubernetes',
        stateFiles.kubernetes,
        `The cluster's state was written by Kubernetes ${found.kubernetes} with etcd ${found.etcd}, and Kubernetes ${versions.kubernetes} with etcd ${versions.etcd} may be unable to read it`,
      )
    Object.assign(next, { kubernetes: versions.kubernetes, etcd: versions.etcd })
  }
  if (options.temporal && !running.includes('temporal')) {
    if (!isTemporalCompatible(found.temporal, versions.temporal, options.temporal))
      setAside(
        'temporal',
        stateFiles[options.temporal],
        `Temporal's state was written by version ${found.temporal}, and version ${versions.temporal} may be unable to read it`,
      )
    next.temporal = versions.temporal
  }
  writeFileSync(`${recordFile}.new`, `${JSON.stringify(next, null, 2)}\n`)
  renameSync(`${recordFile}.new`, recordFile)
}

/** If the record of versions is unreadable, everything is set aside. */
function readRecord(file: string): StateVersions {
  const unknown = { temporal: 'unknown', kubernetes: 'unknown', etcd: 'unknown' }
  try {
    return { ...unknown, ...JSON.parse(readFileSync(file, 'utf8')) }
  } catch {
    return unknown
  }
}

/**
 * Moves existing files into a folder, under their own names, so that they can be moved back. undefined if there are
 * none.
 */
function moveAside(stateDir: string, names: readonly string[], name: string): string | undefined {
  const existing = names.filter((one) => existsSync(join(stateDir, one)))
  if (existing.length === 0) return undefined
  let folder = join(stateDir, name)
  for (let again = 2; existsSync(folder); again += 1) folder = join(stateDir, `${name}-${again}`)
  mkdirSync(folder, { mode: 0o700 })
  for (const one of existing) renameSync(join(stateDir, one), join(folder, one))
  return folder
}

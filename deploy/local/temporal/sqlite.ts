import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'

/** The same name as for Temporal's development server: the data is the same. */
export const databaseFile = ({ stateDir }: Layout): string => join(stateDir, 'temporal.db')

/**
 * Marks a database whose tables are complete. The server creates them one by one at its first start, and assumes that
 * an existing database has all of them. If it died in between, it would never work.
 */
const markOf = (layout: Layout): string => `${databaseFile(layout)}.finished`

/** Removes a database that no server has used: it holds no runs. */
export function dropUnfinished(layout: Layout): void {
  if (existsSync(markOf(layout))) return
  for (const end of ['', '-wal', '-shm']) rmSync(`${databaseFile(layout)}${end}`, { force: true })
}

export function markFinished(layout: Layout): void {
  if (!existsSync(markOf(layout))) writeFileSync(markOf(layout), '')
}

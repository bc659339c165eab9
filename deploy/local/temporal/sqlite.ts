import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'

/** The name that Temporal's development server was given too: its data is the same. */
export const databaseFile = ({ stateDir }: Layout): string => join(stateDir, 'temporal.db')

/**
 * Stands beside a database whose tables are all there. The server makes them one by one at its first start, and takes
 * one that it finds for all of them: had it died between two, it would never work.
 */
const markOf = (layout: Layout): string => `${databaseFile(layout)}.finished`

/** Removes a database that no server has been ready with: nothing is in it. */
export function dropUnfinished(layout: Layout): void {
  if (existsSync(markOf(layout))) return
  for (const end of ['', '-wal', '-shm']) rmSync(`${databaseFile(layout)}${end}`, { force: true })
}

export function markFinished(layout: Layout): void {
  if (!existsSync(markOf(layout))) writeFileSync(markOf(layout), '')
}

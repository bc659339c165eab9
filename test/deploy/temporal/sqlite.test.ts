import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Layout, layoutOf } from '../../../deploy/local/layout.ts'
import { databaseFile, dropUnfinished, markFinished } from '../../../deploy/local/temporal/sqlite.ts'

let layout: Layout

beforeEach(() => {
  layout = layoutOf('sqlite', 69, mkdtempSync(join(tmpdir(), 'millrace-sqlite-')))
  for (const end of ['', '-wal', '-shm']) writeFileSync(`${databaseFile(layout)}${end}`, 'tables')
})
afterEach(() => rmSync(layout.stateDir, { recursive: true }))

describe("Temporal's SQLite database", () => {
  it('is created again if no server was ready with it, because tables may be missing', () => {
    dropUnfinished(layout)
    for (const end of ['', '-wal', '-shm']) expect(existsSync(`${databaseFile(layout)}${end}`)).toBe(false)
  })

  it('is kept at every start after a server was ready with it', () => {
    markFinished(layout)
    markFinished(layout)
    dropUnfinished(layout)
    for (const end of ['', '-wal', '-shm']) expect(existsSync(`${databaseFile(layout)}${end}`)).toBe(true)
  })
})

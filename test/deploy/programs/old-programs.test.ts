import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findProgram } from '../../../deploy/local/programs/installed/find-program.ts'
import { removeOldPrograms, unusedIn } from '../../../deploy/local/programs/old-programs.ts'
import { temporaryFolder } from '../fake-commands.ts'

const DAY_S = 86_400
const now = new Date()

/** A file that was last used some days ago. */
function program(folder: string, name: string, daysAgo: number): string {
  const path = join(folder, name)
  writeFileSync(path, 'x'.repeat(10_000))
  const at = now.getTime() / 1_000 - daysAgo * DAY_S
  utimesSync(path, at, at)
  return path
}

const namesOf = (entries: { path: string }[], folder: string): string[] =>
  entries.map(({ path }) => path.slice(folder.length + 1)).sort()

describe('programs of other versions', () => {
  it('are removed if no start has used them for a week, with their size', () => {
    const folder = temporaryFolder()
    const current = program(folder, 'cluster-new', 30)
    program(folder, 'cluster-old', 8)
    program(folder, 'cluster-before', 6)
    const removed = removeOldPrograms(folder, [current], now)
    expect(namesOf(removed, folder)).toEqual(['cluster-old'])
    expect(removed[0]?.bytes).toBeGreaterThanOrEqual(10_000)
    expect(existsSync(join(folder, 'cluster-old'))).toBe(false)
    expect(existsSync(join(folder, 'cluster-before'))).toBe(true)
  })

  it('count as used from each start that uses them', () => {
    const folder = temporaryFolder()
    const current = program(folder, 'cluster-new', 30)
    removeOldPrograms(folder, [current], now)
    expect(Math.abs(statSync(current).mtimeMs - now.getTime())).toBeLessThan(1_000)
    expect(removeOldPrograms(folder, [], now)).toEqual([])
  })

  it('stay while they run', () => {
    const folder = temporaryFolder()
    const running = join(folder, 'kubelet-old')
    copyFileSync(findProgram('sleep') ?? '', running)
    const long = now.getTime() / 1_000 - 30 * DAY_S
    utimesSync(running, long, long)
    const child = spawn(running, ['1000'])
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(removeOldPrograms(folder, [], now)).toEqual([])
    expect(existsSync(running)).toBe(true)
  })

  it('are kept while a process writes them, and unused when it has ended', () => {
    const folder = temporaryFolder()
    const gone = 4_194_305
    program(folder, `cluster-new.${process.pid}`, 0)
    program(folder, `cluster-new.${gone}`, 0)
    mkdirSync(join(folder, `.download-${process.pid}-a1b2c3`))
    mkdirSync(join(folder, `.download-${gone}-a1b2c3`))
    mkdirSync(join(folder, `unpacked-${process.pid}-a1b2c3`))
    expect(namesOf(unusedIn(folder, []), folder)).toEqual([`.download-${gone}-a1b2c3`, `cluster-new.${gone}`])
  })

  it('are none if the folder does not exist', () => {
    expect(removeOldPrograms(join(temporaryFolder(), 'none'), [], now)).toEqual([])
  })
})

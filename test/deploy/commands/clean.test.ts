import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../fake-commands.ts'

const main = join(import.meta.dirname, '../../../deploy/local/main.ts')

/** A cache with a program of an earlier version, and the command that cleans it. */
function cache() {
  const home = temporaryFolder()
  const old = join(home, 'millrace/bin/kubernetes-0123456789ab')
  const unpacked = join(home, 'millrace/unpacked-4194305-abc')
  mkdirSync(join(old, '..'), { recursive: true })
  mkdirSync(unpacked)
  writeFileSync(old, Buffer.alloc(3_000_000))
  const clean = (...args: string[]): string =>
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'clean', ...args], {
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: home },
    })
  return { old, unpacked, clean }
}

describe('npm run clean', () => {
  it('lists unused files with their size and removes nothing', () => {
    const { old, clean } = cache()
    const output = clean()
    expect(output).toMatch(/`npm run clean -- --caches` would remove 3\.0 MB:/)
    expect(output).toContain(`3.0 MB  ${old}`)
    expect(existsSync(old)).toBe(true)
  })

  it('--caches removes what the list shows, without a question', () => {
    const { old, unpacked, clean } = cache()
    expect(clean('--caches')).toContain('Removed 3.0 MB:')
    expect([existsSync(old), existsSync(unpacked)]).toEqual([false, false])
    expect(clean('--caches')).toContain('Nothing to remove')
  })

  it('--help prints what the command does', () => {
    const { old, clean } = cache()
    expect(clean('--help')).toContain('--caches')
    expect(existsSync(old)).toBe(true)
  })
})

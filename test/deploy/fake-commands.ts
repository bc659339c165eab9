import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { findProgram } from '../../deploy/local/programs/installed/find-program.ts'

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Fake commands of the machine: scripts for the shell, by name. */
export function fakeCommands(folder: string, scripts: Record<string, string>): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** A folder that contains only these commands of the machine. */
export function onlyCommands(folder: string, names: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  for (const name of names) {
    const path = findProgram(name)
    if (!path) throw new Error(`this test needs ${name}`)
    symlinkSync(path, join(folder, name))
  }
  return folder
}

/** Puts folders first on PATH until the test ends. */
export function firstOnPath(...folders: string[]): void {
  const before = process.env.PATH ?? ''
  setVariable('PATH', [...folders, before].join(delimiter))
}

/** Sets an environment variable until the test ends. */
export function setVariable(name: string, value: string): void {
  const before = process.env[name]
  process.env[name] = value
  onTestFinished(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}

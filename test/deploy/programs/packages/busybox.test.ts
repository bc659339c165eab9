import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ensureBusybox,
  findBusybox,
  keptBusybox,
} from '../../../../deploy/local/programs/packages/busybox.ts'
import { isStaticProgram } from '../../../../deploy/local/programs/packages/elf.ts'
import { fakeCommands, firstOnPath, setVariable, temporaryFolder } from '../../fake-commands.ts'
import { elfFile } from './elf-file.ts'

describe('isStaticProgram', () => {
  it.each([
    { what: 'a static program of 64 bits', bytes: elfFile({ dynamic: false }), expected: true },
    { what: 'a dynamic program of 64 bits', bytes: elfFile({ dynamic: true }), expected: false },
    { what: 'a static program of 32 bits', bytes: elfFile({ bits: 32, dynamic: false }), expected: true },
    { what: 'a dynamic program of 32 bits', bytes: elfFile({ bits: 32, dynamic: true }), expected: false },
    {
      what: 'a static program, big-endian',
      bytes: elfFile({ bigEndian: true, dynamic: false }),
      expected: true,
    },
    {
      what: 'a dynamic program, big-endian',
      bytes: elfFile({ bigEndian: true, dynamic: true }),
      expected: false,
    },
    { what: 'a truncated program', bytes: elfFile({ dynamic: false }).subarray(0, 70), expected: false },
    { what: 'a script', bytes: new TextEncoder().encode('#!/bin/sh\nexec busybox "$@"\n'), expected: false },
    { what: 'an empty file', bytes: new Uint8Array(), expected: false },
    { what: 'Node, which is dynamic', bytes: readFileSync(process.execPath), expected: false },
  ])('$what: $expected', ({ bytes, expected }) => {
    expect(isStaticProgram(bytes)).toBe(expected)
  })
})

describe('the busybox that images are made from', () => {
  it('is not a dynamic one, in whatever folder', () => {
    setVariable('XDG_CACHE_HOME', temporaryFolder())
    const dynamic = folderWithBusybox({ dynamic: true })
    const fixed = folderWithBusybox({ dynamic: false })
    expect(findBusybox(dynamic)).toBeUndefined()
    expect(findBusybox(`${dynamic}:${fixed}`)).toBe(join(fixed, 'busybox'))
  })

  const hasDpkg = existsSync('/usr/bin/dpkg-deb')
  it.skipIf(!hasDpkg)('is extracted from its package, which is not installed, and kept', async () => {
    setVariable('MILLRACE_PROGRAMS', '')
    setVariable('XDG_CACHE_HOME', temporaryFolder())
    const dynamic = folderWithBusybox({ dynamic: true })
    const calls = join(temporaryFolder(), 'calls')
    const archive = packageWithBusybox('usr/bin/busybox')
    firstOnPath(fakeCommands(temporaryFolder(), { 'apt-get': `echo "$@" >> ${calls}; cp ${archive} .` }))

    const path = await ensureBusybox({ report: () => undefined }, dynamic)
    expect(path).toBe(join(keptBusybox(), 'busybox'))
    expect(isStaticProgram(readFileSync(path))).toBe(true)
    expect(await ensureBusybox({ report: () => undefined }, dynamic)).toBe(path)
    expect(readFileSync(calls, 'utf8')).toBe('download -q busybox-static\n')
  })
})

function folderWithBusybox(how: { dynamic: boolean }): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'busybox'), elfFile(how))
  chmodSync(join(folder, 'busybox'), 0o755)
  return folder
}

/** A package in dpkg's format that contains only a static busybox. */
function packageWithBusybox(path: string): string {
  const folder = temporaryFolder()
  const root = join(folder, 'root')
  mkdirSync(join(root, 'DEBIAN'), { recursive: true })
  const control = [
    'Package: busybox-static',
    'Version: 1',
    'Architecture: all',
    'Maintainer: test',
    'Description: test',
  ]
  writeFileSync(join(root, 'DEBIAN/control'), `${control.join('\n')}\n`)
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), elfFile({ dynamic: false }))
  chmodSync(join(root, path), 0o755)
  const archive = join(folder, 'busybox-static_1_all.deb')
  execFileSync('dpkg-deb', ['--build', root, archive], { stdio: 'ignore' })
  return archive
}

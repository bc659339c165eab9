import { describe, expect, it } from 'vitest'
import { targets, versions } from '../../../deploy/local/programs/build/targets.ts'
import { checksums } from '../../../deploy/local/programs/downloads/checksums.ts'
import { releases } from '../../../deploy/local/programs/releases.ts'

const all = releases.flatMap((release) =>
  release.programs.flatMap((program) =>
    (['amd64', 'arm64'] as const).map((architecture) => release.where(program, architecture).address),
  ),
)

describe('releases', () => {
  it('cover every program that can be built, each once', () => {
    const built = Object.values(targets).flatMap(({ programs }) => programs)
    expect(releases.flatMap(({ programs }) => programs).sort()).toEqual([...built].sort())
    for (const { target, programs } of releases)
      for (const program of programs) expect(targets[target].programs).toContain(program)
  })

  it('have the versions that are built', () => {
    expect(releases.map(({ version }) => version).sort()).toEqual(Object.values(versions).sort())
  })

  it('have a checksum for every file, and no checksum is unused: a new version needs new ones', () => {
    expect(Object.keys(checksums).sort()).toEqual([...new Set(all)].sort())
  })

  it.each(Object.entries(checksums))('%s: the checksum is a sha256 or the name of a list', (_, checksum) => {
    if ('sha256' in checksum) expect(checksum.sha256).toMatch(/^[0-9a-f]{64}$/)
    else expect(checksum.listedIn).toMatch(/^[\w.-]+$/)
  })

  it('have no checksum twice, as after copying a line', () => {
    const sums = Object.values(checksums).flatMap((checksum) => ('sha256' in checksum ? checksum.sha256 : []))
    expect(new Set(sums).size).toBe(sums.length)
  })
})

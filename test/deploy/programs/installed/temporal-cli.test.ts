import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { versions } from '../../../../deploy/local/programs/build/targets.ts'
import { downloadedPath } from '../../../../deploy/local/programs/cached-programs.ts'
import { temporalCliOnPath } from '../../../../deploy/local/programs/installed/temporal-cli.ts'
import { releases } from '../../../../deploy/local/programs/releases.ts'
import { type FakePrograms, makeFakePrograms, says } from '../../fake-programs.ts'

let machine: FakePrograms
let lines: string[]
beforeEach(() => {
  machine = makeFakePrograms()
  lines = []
})
afterEach(() => machine.remove())

const look = () =>
  temporalCliOnPath({ report: (line) => lines.push(line), signal: new AbortController().signal })

describe("Temporal's command line", () => {
  it('is used from PATH if its server is compatible', async () => {
    const binary = machine.command(
      'temporal',
      says(`temporal version 1.9.1 (Server ${versions.temporal}, UI 2.54.1)`),
    )
    expect(await look()).toEqual({ binary, argv0: 'temporal' })
    expect(lines).toEqual([])
  })

  it('is reported as incompatible only while no server is cached', async () => {
    machine.command('temporal', says('temporal version 1.0.0 (Server 1.24.2, UI 2.28.0)'))
    expect(await look()).toBeUndefined()
    expect(lines.join()).toContain(
      `1.24.2, but ${versions.temporal.replace(/\.\d+$/, '')} is needed (ours is`,
    )
    lines = []
    haveServerInCache()
    expect(await look()).toBeUndefined()
    expect(lines).toEqual([])
  })
})

function haveServerInCache(): void {
  for (const release of releases.filter(({ programs }) => programs.includes('temporal-server'))) {
    const path = downloadedPath(release, 'temporal-server')
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '')
    chmodSync(path, 0o755)
  }
}

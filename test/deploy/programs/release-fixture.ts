import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Checksum } from '../../../deploy/local/programs/downloads/checksums.ts'
import { type Limits, usualLimits } from '../../../deploy/local/programs/downloads/download.ts'
import { ensurePrograms } from '../../../deploy/local/programs/ensure-programs.ts'
import type { ProgramName, Programs } from '../../../deploy/local/programs/program.ts'
import { architecture, type Release, releases } from '../../../deploy/local/programs/releases.ts'
import { type FakePrograms, makeFakePrograms } from '../fake-programs.ts'
import { type ReleaseServer, startReleaseServer } from './release-server.ts'

/** Whether releases exist for this machine. */
export const hasReleases = architecture() !== undefined
export const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const
export const temporal = ['temporal-server', 'temporal-sql-tool'] as const

/** A machine without programs, and a server with releases of them as small scripts. */
export interface ReleaseFixture {
  machine: FakePrograms
  server: ReleaseServer
  /** By address. */
  checksums: Record<string, Checksum>
  /** The reported lines. */
  lines: string[]
  /** Publishes the official releases of these programs on the server. Each program prints its name. */
  publish(programs: readonly ProgramName[]): void
  ensure<Name extends ProgramName>(names: readonly Name[], given?: Given): Promise<Programs<Name>>
  /** The reported lines, except those about downloads and programs on PATH. */
  failures(): string
  remove(): Promise<void>
}

interface Given {
  signal?: AbortSignal
  limits?: Partial<Limits>
}

export async function makeReleaseFixture(): Promise<ReleaseFixture> {
  const machine = makeFakePrograms()
  machine.hidePrograms()
  const server = await startReleaseServer()
  const fixture: ReleaseFixture = {
    machine,
    server,
    checksums: {},
    lines: [],
    publish(programs) {
      for (const [address, inFile] of Map.groupBy(programs, addressOf)) {
        const content = archiveOrScript(inFile)
        server.files.set(address, content)
        fixture.checksums[address] = { sha256: sha256Of(content) }
      }
    },
    ensure: (names, { signal = new AbortController().signal, limits } = {}) =>
      ensurePrograms(names, {
        report: (line) => fixture.lines.push(line),
        signal,
        downloads: {
          source: { kind: 'mirror', base: server.url },
          checksums: fixture.checksums,
          limits: { ...usualLimits, ...limits },
        },
      }),
    failures: () => fixture.lines.filter((line) => !/^(Downloading|Not used)/.test(line)).join('\n'),
    async remove() {
      await server.close()
      machine.remove()
    },
  }
  return fixture
}

export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** The name that a published program prints. */
export const whoIs = (binary: string): string =>
  execFileSync(binary, { encoding: 'utf8' }).trim().split(' ')[0] ?? ''

export function releaseOf(program: ProgramName): Release {
  const release = releases.find(({ programs }) => programs.includes(program))
  if (!release) throw new Error(`no release has ${program}`)
  return release
}

export const addressOf = (program: ProgramName): string => whereIs(program).address

/** Its name in the cache. */
export const cachedName = (program: ProgramName): string =>
  `${program}-${releaseOf(program).version}-linux-${architecture()}`

const whereIs = (program: ProgramName) => releaseOf(program).where(program, architecture() ?? 'amd64')

function archiveOrScript(programs: ProgramName[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-release-'))
  try {
    const members = programs.flatMap((program) => {
      const { member } = whereIs(program)
      const path = join(folder, member ?? program)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `#!/bin/sh\necho ${program} ${'#'.repeat(2_000)}\n`)
      return member ? [member] : []
    })
    if (members.length === 0) return readFileSync(join(folder, programs[0] ?? ''))
    writeFileSync(join(folder, 'LICENSE'), 'as you like')
    return execFileSync('tar', ['-czC', folder, 'LICENSE', ...members])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

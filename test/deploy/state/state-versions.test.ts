import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { layoutOf } from '../../../deploy/local/layout.ts'
import { recordProcess } from '../../../deploy/local/processes/process-id.ts'
import { pidFileOf } from '../../../deploy/local/processes/running-components.ts'
import { type AdoptOptions, adoptState } from '../../../deploy/local/state/adopt-state.ts'
import {
  isClusterCompatible,
  isTemporalCompatible,
  unrecorded,
} from '../../../deploy/local/state/state-versions.ts'

const base = { temporal: '1.29.1', kubernetes: '1.34.4', etcd: '3.6.5' }

it.each([
  ['the same', {}, true],
  ['a newer patch', { kubernetes: '1.34.9', etcd: '3.6.8' }, true],
  ['an older patch', { kubernetes: '1.34.0', etcd: '3.6.1' }, true],
  ['the next Kubernetes', { kubernetes: '1.35.0' }, true],
  ['the next etcd', { etcd: '3.7.0' }, true],
  ['a Kubernetes three versions newer', { kubernetes: '1.37.0' }, true],
  ['a Kubernetes four versions newer', { kubernetes: '1.38.0' }, false],
  ['an etcd two versions newer', { etcd: '3.8.0' }, false],
  ['an older Kubernetes', { kubernetes: '1.33.4' }, false],
  ['an older etcd', { etcd: '3.5.21' }, false],
  ['another major version', { etcd: '4.6.5' }, false],
  ['an unknown version', { kubernetes: 'unknown' }, false],
])('a cluster can use the state of another version (%s): %s', (_, wanted, expected) => {
  expect(isClusterCompatible(base, { ...base, ...wanted })).toBe(expected)
})

it.each([
  ['1.29.1', '1.29.1', true, true],
  ['1.29.1', '1.29.4', true, true],
  ['1.29.1', '1.30.0', false, true],
  ['1.29.1', '1.34.2', false, true],
  ['1.30.0', '1.29.1', false, false],
  ['unknown', '1.29.1', false, false],
])(
  'Temporal can use state of %s with %s on SQLite: %s, on PostgreSQL: %s',
  (found, wanted, sqlite, postgres) => {
    expect(isTemporalCompatible(found, wanted, 'sqlite')).toBe(sqlite)
    expect(isTemporalCompatible(found, wanted, 'postgres')).toBe(postgres)
  },
)

describe('a state folder', () => {
  let stateDir = ''
  const databases = ['temporal.db', 'temporal.db-shm', 'temporal.db-wal', 'temporal.db.finished']
  const lines: string[] = []
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'millrace-state-'))
    lines.length = 0
    mkdirSync(join(stateDir, 'etcd'))
    writeFileSync(join(stateDir, 'etcd', 'data'), 'objects')
    for (const name of databases) writeFileSync(join(stateDir, name), 'runs')
  })
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }))

  const adopt = (wanted: Partial<AdoptOptions['versions']> = {}, options: Partial<AdoptOptions> = {}): void =>
    adoptState(layoutOf('state', 80, stateDir), {
      versions: { ...unrecorded, ...wanted },
      kubernetes: true,
      temporal: 'sqlite',
      report: (line) => void lines.push(line),
      now: new Date('2027-01-02T03:04:05Z'),
      ...options,
    })
  const names = (): string[] => readdirSync(stateDir).sort()
  const mark = (): unknown => JSON.parse(readFileSync(join(stateDir, 'versions.json'), 'utf8'))

  it('without a record has the versions from before records, and is recorded', () => {
    adopt()
    expect(names()).toEqual(['etcd', ...databases, 'versions.json'])
    expect(mark()).toEqual(unrecorded)
    expect(lines).toEqual([])
  })

  it('of compatible versions is kept, and records the new ones', () => {
    adopt({ kubernetes: '1.36.1' })
    expect(mark()).toEqual({ ...unrecorded, kubernetes: '1.36.1' })
    adopt({ kubernetes: '1.39.0' })
    expect(names()).toContain('etcd')
    expect(lines).toEqual([])
  })

  it('of incompatible versions is set aside completely, and its new place is reported', () => {
    adopt({ kubernetes: '1.40.0' })
    const folder = join(stateDir, `kubernetes.${unrecorded.kubernetes}-2027-01-02`)
    expect(names()).toEqual([basename(folder), ...databases, 'versions.json'])
    expect(readFileSync(join(folder, 'etcd', 'data'), 'utf8')).toBe('objects')
    expect(lines).toEqual([
      `The cluster's state was written by Kubernetes ${unrecorded.kubernetes} with etcd ${unrecorded.etcd}, and Kubernetes 1.40.0 with etcd ${unrecorded.etcd} may be unable to read it. ` +
        `It was moved to ${folder}, with its runs; this start begins with empty state`,
    ])
  })

  it('of another Temporal is set aside with its write-ahead log', () => {
    adopt({ temporal: '1.31.0' })
    const folder = `temporal.${unrecorded.temporal}-2027-01-02`
    expect(names()).toEqual(['etcd', folder, 'versions.json'])
    expect(readdirSync(join(stateDir, folder)).sort()).toEqual(databases)
    expect(mark()).toEqual({ ...unrecorded, temporal: '1.31.0' })
  })

  it('that is set aside twice on a day overwrites nothing', () => {
    adopt({ temporal: '1.31.0' })
    writeFileSync(join(stateDir, 'temporal.db'), 'other runs')
    writeFileSync(join(stateDir, 'versions.json'), JSON.stringify(unrecorded))
    adopt({ temporal: '1.31.0' })
    const folder = join(stateDir, `temporal.${unrecorded.temporal}-2027-01-02`)
    expect(readFileSync(join(folder, 'temporal.db'), 'utf8')).toBe('runs')
    expect(readFileSync(join(`${folder}-2`, 'temporal.db'), 'utf8')).toBe('other runs')
  })

  it('keeps the record and the data of what is not started from it', () => {
    adopt({ kubernetes: '1.40.0', temporal: '1.31.0' }, { kubernetes: false, temporal: undefined })
    expect(names()).toEqual(['etcd', ...databases, 'versions.json'])
    expect(mark()).toEqual(unrecorded)
  })

  it('of a running component stays as it is, with its old record', () => {
    mkdirSync(join(stateDir, 'pids'))
    recordProcess(pidFileOf(stateDir, 'etcd'), process.pid)
    adopt({ kubernetes: '1.40.0' })
    expect(names()).toContain('etcd')
    expect(mark()).toEqual(unrecorded)
  })

  it('with an unreadable record is set aside, because its versions are unknown', () => {
    writeFileSync(join(stateDir, 'versions.json'), '{')
    adopt()
    expect(names()).toContain('kubernetes.unknown-2027-01-02')
    expect(mark()).toEqual(unrecorded)
  })

  it('that is new gets a record, and nothing is reported', () => {
    for (const name of ['etcd', ...databases]) rmSync(join(stateDir, name), { recursive: true })
    adopt({ kubernetes: '1.40.0', temporal: '1.40.0' })
    expect(names()).toEqual(['versions.json'])
    expect(lines).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { partsOf, REST, tableOf, totalOf } from './parts.ts'

const samples = (...lines: [line: string, seconds: number][]) =>
  lines.map(([line, seconds]) => ({ line, seconds, cpuSeconds: seconds * 2 }))

describe('the parts of a cold start', () => {
  it('are recognized by the lines of npm start, of this version and of earlier ones', () => {
    const parts = partsOf(
      samples(
        ['> millrace@0.1.0 start', 1],
        ['Installing the npm packages (about half a minute) ...', 1],
        ['added 267 packages in 14s', 15],
        ['Installing Debian packages: containerd runc ...', 16],
        ['Installing Debian packages: containerd runc: done in 5.2 s', 21],
        ['Building Temporal 1.29.1 with its Web UI, about 2 minutes, once on this machine ...', 21],
        ['Building Temporal with its Web UI: 12 of 1,642 packages', 50],
        [
          'Building Temporal 1.29.1 with its Web UI, about 2 minutes, once on this machine: done in 99.0 s',
          120,
        ],
        ['Building Kubernetes with etcd, once on this machine ...', 120],
        ['Building Kubernetes with etcd, once on this machine: done in 80.0 s', 200],
        ['Starting etcd: done in 1.2 s', 202],
        ['', 210],
      ),
    )
    expect(Object.fromEntries(parts.map(({ name, seconds }) => [name, Math.round(seconds)]))).toEqual({
      [REST]: 1 + 1 + 0 + 10,
      'npm packages': 14,
      'Debian packages': 5,
      'building Temporal': 99,
      'building Kubernetes': 80,
    })
    expect(totalOf(parts)).toEqual({ name: 'all', seconds: 210, cpuSeconds: 420 })
  })

  it('are printed with their sum', () => {
    const table = tableOf([{ name: 'building Temporal', seconds: 99, cpuSeconds: 180.25 }])
    expect(table.split('\n').map((line) => line.split(/ {2,}/).filter(Boolean))).toEqual([
      ['building Temporal', '99.0 s', '180.3 s of CPU'],
      ['all', '99.0 s', '180.3 s of CPU'],
    ])
  })
})

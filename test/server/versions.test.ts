import { describe, expect, it } from 'vitest'
import { readPercentage } from '../../src/server/admin/promote.ts'
import { versionTable } from '../../src/server/admin/versions.ts'
import { buildStatusOf } from '../../src/server/worker/current-build.ts'
import type { PolledQueue } from '../../src/temporal/workers/polled-queues.ts'
import { isInEffect } from '../../src/temporal/workers/route.ts'
import type { Version, WorkerDeployment } from '../../src/temporal/workers/worker-deployment.ts'

const version = (build: string, status: Version['status'], since: string): Version => ({
  build,
  status,
  since,
})
const deployment: WorkerDeployment = {
  current: 'b',
  ramping: { build: 'c', percentage: 20 },
  conflictToken: new Uint8Array(),
  versions: [
    version('c', 'ramping', '2026-01-03T00:00:00.000Z'),
    version('b', 'current', '2026-01-02T00:00:00.000Z'),
    version('a', 'drained', '2026-01-02T00:00:00.000Z'),
  ],
}
const queue = (heard: Record<string, number>, rest: Partial<PolledQueue> = {}): PolledQueue => ({
  heard: new Map(Object.entries(heard)),
  current: 'b',
  ramping: undefined,
  ...rest,
})

describe('the list of builds', () => {
  it('shows the status of each build, since when, and when its workers last polled every queue', () => {
    const queues = [queue({ a: 1_000, b: 9_000, c: 8_000 }), queue({ b: 7_000, c: 8_000 })]
    expect(versionTable(deployment, queues, 'c', 10_000)).toEqual([
      'BUILD  STATUS        SINCE                 WORKERS',
      'c      ramping 20 %  2026-01-03T00:00:00Z  seen 2 s ago  this code',
      'b      current       2026-01-02T00:00:00Z  seen 3 s ago',
      'a      drained       2026-01-02T00:00:00Z  none',
    ])
  })

  it('says if no worker of this code has registered', () => {
    expect(versionTable(deployment, [queue({})], 'd', 0).at(-1)).toBe(
      'This code is build d: no worker of it has connected yet.',
    )
  })
})

describe('the status of the build of a worker', () => {
  it.each([
    ['no worker has registered', undefined, 'a', { is: 'unknown' }],
    ['its build has not registered', deployment, 'd', { is: 'unknown' }],
    ['no build is current', { ...deployment, current: undefined }, 'a', { is: 'first' }],
    ['its build is current', deployment, 'b', { is: 'current' }],
    ['its build is ramping', deployment, 'c', { is: 'ramping', current: 'b', percentage: 20 }],
    ['another build is current', deployment, 'a', { is: 'waiting', current: 'b' }],
  ] as const)('%s', (_, known, build, status) => {
    expect(buildStatusOf(known && { ...known, versions: [...known.versions] }, build)).toEqual(status)
  })
})

describe('a route is in effect', () => {
  const all = { build: 'b', percentage: 100 }
  const ramp = { build: 'c', percentage: 20 }
  it.each([
    ['if every queue routes all runs to the build', all, [queue({}), queue({})], true],
    ['not while a queue still has the old route', all, [queue({}), queue({}, { current: 'a' })], false],
    ['not while a queue still has a ramping build', all, [queue({}, { ramping: ramp })], false],
    ['if every queue routes that share', ramp, [queue({}, { ramping: ramp })], true],
    ['not with another share', ramp, [queue({}, { ramping: { ...ramp, percentage: 10 } })], false],
  ] as const)('%s', (_, route, queues, holds) => {
    expect(isInEffect(route, [...queues])).toBe(holds)
  })
})

it.each(['0', '100', '-1', '1.5', 'ten', ''])('a percentage of "%s" is refused', (text) => {
  expect(() => readPercentage(text)).toThrow('--percentage')
})

it('without --percentage all runs are routed', () => {
  expect([readPercentage(undefined), readPercentage('1'), readPercentage('99')]).toEqual([100, 1, 99])
})

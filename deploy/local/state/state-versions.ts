import type { TemporalStore } from '../temporal/settings.ts'

/** The versions that wrote the content of a state folder. */
export interface StateVersions {
  temporal: string
  kubernetes: string
  etcd: string
}

/**
 * The versions of state folders without a record, which are older than the record. Their Temporal was the development
 * server on SQLite.
 */
export const unrecorded: StateVersions = { temporal: '1.29.1', kubernetes: '1.34.4', etcd: '3.6.5' }

/**
 * Kubernetes serves a replaced API version, and so reads what is stored in it, for three more releases. The rule of
 * one minor version at a time is for API servers that run concurrently; here there is one.
 */
const KUBERNETES_STEPS = 3
/** etcd guarantees it for the next minor version. */
const ETCD_STEPS = 1

/** Whether a cluster of the wanted versions can read the state of the found ones. Downgrades are not supported. */
export const isClusterCompatible = (found: StateVersions, wanted: StateVersions): boolean =>
  isAhead(found.kubernetes, wanted.kubernetes, KUBERNETES_STEPS) &&
  isAhead(found.etcd, wanted.etcd, ETCD_STEPS)

/**
 * The same for Temporal's database. On PostgreSQL its own tool migrates the tables of any older version, which it
 * does not do for SQLite. Neither supports downgrades.
 */
export function isTemporalCompatible(found: string, wanted: string, store: TemporalStore): boolean {
  const steps = minorSteps(found, wanted)
  return store === 'postgres' ? steps >= 0 : steps === 0
}

function isAhead(found: string, wanted: string, atMost: number): boolean {
  const steps = minorSteps(found, wanted)
  return steps >= 0 && steps <= atMost
}

/**
 * The number of minor versions from one version to another. Another major version is far away. NaN if one is not a
 * version.
 */
function minorSteps(found: string, wanted: string): number {
  const [foundMajor = Number.NaN, foundMinor = Number.NaN] = found.split('.').map(Number)
  const [wantedMajor = Number.NaN, wantedMinor = Number.NaN] = wanted.split('.').map(Number)
  return (wantedMajor - foundMajor) * 1_000 + wantedMinor - foundMinor
}

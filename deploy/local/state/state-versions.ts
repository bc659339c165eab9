import type { TemporalStore } from '../temporal/settings.ts'

/** Which versions made what is kept in a state folder. */
export interface StateVersions {
  temporal: string
  kubernetes: string
  etcd: string
}

/** Of state folders that carry no mark: those before there was one. Their Temporal was the development server, on SQLite. */
export const unmarked: StateVersions = { temporal: '1.29.1', kubernetes: '1.34.4', etcd: '3.6.5' }

/**
 * Kubernetes serves a version of an API, and so reads what is stored in it, for three releases after another has taken
 * its place. That only one may be left out at a time is a rule for API servers side by side, of which there is one here.
 */
const KUBERNETES_STEPS = 3
/** etcd promises it for the next minor version. */
const ETCD_STEPS = 1

/** Whether a cluster of the wanted versions is known to go on with what those found have kept. There is no way back. */
export const clusterGoesOn = (found: StateVersions, wanted: StateVersions): boolean =>
  isAhead(found.kubernetes, wanted.kubernetes, KUBERNETES_STEPS) &&
  isAhead(found.etcd, wanted.etcd, ETCD_STEPS)

/**
 * The same for Temporal's database. On PostgreSQL its own tool brings the tables of any older version up to date, which
 * it does not do for SQLite; neither goes back.
 */
export function temporalGoesOn(found: string, wanted: string, store: TemporalStore): boolean {
  const steps = minorSteps(found, wanted)
  return store === 'postgres' ? steps >= 0 : steps === 0
}

function isAhead(found: string, wanted: string, atMost: number): boolean {
  const steps = minorSteps(found, wanted)
  return steps >= 0 && steps <= atMost
}

/** From one version to another, in minor versions; another major version is far away. NaN for what is no version. */
function minorSteps(found: string, wanted: string): number {
  const [foundMajor = Number.NaN, foundMinor = Number.NaN] = found.split('.').map(Number)
  const [wantedMajor = Number.NaN, wantedMinor = Number.NaN] = wanted.split('.').map(Number)
  return (wantedMajor - foundMajor) * 1_000 + wantedMinor - foundMinor
}

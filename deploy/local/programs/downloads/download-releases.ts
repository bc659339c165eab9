/**
 * Downloads official releases of the programs of the local stack, which saves about a quarter of an hour of building.
 *
 * Every file has its sha256 in checksums.ts, in a few cases only in the release itself. A file that does not match is
 * removed and never run. No failure here ends a start: it is reported in one line, and the program is built from
 * sources that Go checks against go.sum. That includes a wrong checksum. It may mean a broken or malicious mirror,
 * and refusing to start would let the mirror decide whether Millrace starts.
 *
 * A host that does not answer within seconds is skipped, and all hosts are asked at once, so that a machine without
 * access loses only those seconds. An interrupted download resumes. One that stalls, or would take longer than
 * building, is given up. MILLRACE_DOWNLOADS names a mirror, or is `never` (setting.ts).
 */
import type { Report } from '../../report.ts'
import { architecture, nameOf, type WantedPrograms } from '../releases.ts'
import { type Checksum, checksums } from './checksums.ts'
import { type Limits, usualLimits } from './download.ts'
import { downloadRelease, type ReleaseOptions } from './download-release.ts'
import { openConnections, reasonOf, whyUnreachable } from './http-get.ts'
import { type DownloadSource, downloadSource, urlAt } from './setting.ts'

export interface Downloads {
  source: DownloadSource
  checksums: Record<string, Checksum>
  limits: Limits
}

export const usualDownloads = (): Downloads => ({
  source: downloadSource(process.env),
  checksums,
  limits: usualLimits,
})

/** Downloads what it can into the cache, and reports why for the rest. Throws only on abort. */
export async function downloadReleases(
  wanted: readonly WantedPrograms[],
  { source, checksums, limits }: Downloads,
  { report, signal }: Pick<ReleaseOptions, 'report' | 'signal'>,
): Promise<void> {
  const ours = architecture()
  if (source.kind === 'never' || !ours || wanted.length === 0) return
  const urlOf = (address: string): string => urlAt(source, address)
  const hostsOf = ({ release, names }: WantedPrograms): string[] =>
    names.map((name) => new URL(urlOf(release.where(name, ours).address)).origin)
  const connections = connectionsOr(report)
  if (!connections) return
  try {
    const options = { report, signal, connections, urlOf, checksums, limits, architecture: ours }
    const away = await unreachable([...new Set(wanted.flatMap(hostsOf))], options)
    const reached = wanted.filter((one) => !hostsOf(one).some((host) => away.has(host)))
    if (reached.length > 0)
      report(`Downloading, once on this machine: ${reached.map(({ release }) => nameOf(release)).join(', ')}`)
    for (const one of reached) await tryOne(one, options)
  } finally {
    // A connection that is still being opened ends by itself, and nothing needs to wait for it.
    connections.destroy().catch(() => undefined)
  }
}

function connectionsOr(report: Report): ReturnType<typeof openConnections> | undefined {
  try {
    return openConnections()
  } catch (error) {
    report(`Nothing can be downloaded: the proxy setting of the environment is invalid (${reasonOf(error)})`)
    return undefined
  }
}

async function unreachable(hosts: string[], options: ReleaseOptions): Promise<Set<string>> {
  const reasons = await Promise.all(hosts.map((host) => whyUnreachable(host, options)))
  const away = hosts.filter((_, at) => reasons[at] !== undefined)
  const those = hosts.flatMap((host, at) => (reasons[at] ? [`${host} (${reasons[at]})`] : []))
  if (away.length > 0) options.report(`Nothing can be downloaded from ${those.join(', ')}: building instead`)
  return new Set(away)
}

async function tryOne({ release, names }: WantedPrograms, options: ReleaseOptions): Promise<void> {
  try {
    await downloadRelease(release, names, options)
  } catch (error) {
    options.signal.throwIfAborted()
    options.report(`${nameOf(release)} cannot be downloaded and is built instead: ${reasonOf(error)}`)
  }
}

/**
 * Which other versions are compatible: any patch of the same minor version, or also newer minor versions of the same
 * major version.
 */
export type Fit = 'same-minor' | 'newer-minor'

/**
 * The version in the output of --version, for example 1.34.4: "Kubernetes v1.34.4", "etcd Version: 3.6.16", "temporal
 * version 1.32.1", "kwok version v0.8.0 go1.26.0 (linux/amd64)".
 */
export function versionIn(answer: string): string | undefined {
  return /(?:\bversion:?|^Kubernetes) v?(\d+\.\d+\.\d+)/im.exec(answer)?.[1]
}

/** The version of the server in Temporal's command line: "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)". */
export function serverVersionIn(answer: string): string | undefined {
  return /\(Server v?(\d+\.\d+\.\d+)/.exec(answer)?.[1]
}

export function fits(version: string, ours: string, fit: Fit): boolean {
  const [major, minor] = numbers(version)
  const [ourMajor, ourMinor] = numbers(ours)
  if (major !== ourMajor) return false
  return fit === 'same-minor' ? minor === ourMinor : minor >= ourMinor
}

/** The compatible versions, for messages: "1.34", "3.6 or a newer 3". */
export function whatFits(ours: string, fit: Fit): string {
  const [major, minor] = numbers(ours)
  return fit === 'same-minor' ? `${major}.${minor}` : `${major}.${minor} or a newer ${major}`
}

function numbers(version: string): [major: number, minor: number] {
  const [major, minor] = version.split('.').map(Number)
  return [major ?? Number.NaN, minor ?? Number.NaN]
}

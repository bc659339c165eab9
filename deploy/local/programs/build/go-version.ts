/** The Go of a machine, as it reports itself. */
export interface Go {
  /** For example go1.26.8. */
  version: string
  /** GOTOOLCHAIN, by which a Go of 1.21 or newer finds a newer one than itself: auto, local, path, go1.24.1+auto … */
  toolchain: string
}

/** Whether it can build code that needs this version, by itself or with a newer Go that it may fetch or find. */
export function canBuild(go: Go, wanted: string, isOnPath: (name: string) => boolean): boolean {
  if (compareVersions(chosenBy(go), wanted) >= 0) return true
  // Go before 1.21 does not support other toolchains.
  if (compareVersions(go.version, '1.21') < 0) return false
  if (/^(.*\+)?auto$/.test(go.toolchain)) return true
  return /^(.*\+)?path$/.test(go.toolchain) && isOnPath(`go${wanted}`)
}

/** The version that GOTOOLCHAIN names, or its own. */
export const chosenBy = ({ version, toolchain }: Go): string => /^go1[^+]*/.exec(toolchain)?.[0] ?? version

/** Negative if `a` is older. Accepts go1.26.8, 1.26, go1.27rc1 (before 1.27.0), and suffixes of distributions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  const differs = left.findIndex((part, at) => part !== right[at])
  return differs < 0 ? 0 : (left[differs] ?? 0) - (right[differs] ?? 0)
}

function partsOf(version: string): number[] {
  const [, major, minor, patch, candidate] = /(\d+)\.(\d+)(?:\.(\d+))?((?:rc|beta)\d+)?/.exec(version) ?? []
  return [Number(major ?? 0), Number(minor ?? 0), candidate ? -1 : Number(patch ?? 0)]
}

/** Who holds the lock that apt-get did not get, in apt-get's own words; undefined where it is something else. */
export function lockHolder(output: string): string | undefined {
  const named = /Could not get lock \S+ It is held by process (\d+)(?: \(([^)]*)\))?/.exec(output)
  if (named) return `process ${named[1]}${named[2] ? ` (${named[2]})` : ''}`
  return /Could not get lock .*Resource temporarily unavailable/.test(output) ? 'another process' : undefined
}

/** Whether apt-get failed because its lists of packages are missing or older than what the archive has. */
export const listsAreOld = (output: string): boolean =>
  [
    /Unable to locate package/,
    /has no installation candidate/,
    /\b404\b.*Not Found/,
    /Can't select candidate version/,
    /Version '.*' for '.*' was not found/,
  ].some((complaint) => complaint.test(output))

/** What apt-get complained about, without its progress. */
export function complaints(output: string): string {
  const errors = output.split('\n').flatMap((line) => /^E: (.*)/.exec(line)?.[1]?.trim() ?? [])
  return errors.length > 0 ? errors.join(' ') : output.trim().split('\n').slice(-3).join(' ')
}

/** The holder of the lock that apt-get did not get, as apt-get names it. undefined for other errors. */
export function lockHolder(output: string): string | undefined {
  const named = /Could not get lock \S+ It is held by process (\d+)(?: \(([^)]*)\))?/.exec(output)
  if (named) return `process ${named[1]}${named[2] ? ` (${named[2]})` : ''}`
  return /Could not get lock .*Resource temporarily unavailable/.test(output) ? 'another process' : undefined
}

/** Whether apt-get failed because its package lists are missing or older than the archive. */
export const listsAreOld = (output: string): boolean =>
  [
    /Unable to locate package/,
    /has no installation candidate/,
    /\b404\b.*Not Found/,
    /Can't select candidate version/,
    /Version '.*' for '.*' was not found/,
  ].some((complaint) => complaint.test(output))

/** The errors of apt-get, without its progress output. */
export function complaints(output: string): string {
  const errors = output.split('\n').flatMap((line) => /^E: (.*)/.exec(line)?.[1]?.trim() ?? [])
  return errors.length > 0 ? errors.join(' ') : output.trim().split('\n').slice(-3).join(' ')
}

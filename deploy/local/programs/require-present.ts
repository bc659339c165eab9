/**
 * MILLRACE_PROGRAMS=present: only what is there is used. Called with what would have to be downloaded, built or
 * installed now; throws where that is not wanted. Tests run so, after `npm test` has brought all that they need.
 */
export function requirePresent(missing: readonly string[]): void {
  if (missing.length === 0 || process.env.MILLRACE_PROGRAMS !== 'present') return
  throw new Error(
    `Missing: ${missing.join(', ')}. With MILLRACE_PROGRAMS=present nothing is downloaded, built or installed: ` +
      'install it yourself, or unset that',
  )
}

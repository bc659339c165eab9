/**
 * With MILLRACE_PROGRAMS=present only existing programs are used. Call it with what would be downloaded, built or
 * installed now; it throws if that is not allowed. Tests run in this mode, after `npm test` has prepared everything.
 */
export function requirePresent(missing: readonly string[]): void {
  if (missing.length === 0 || process.env.MILLRACE_PROGRAMS !== 'present') return
  throw new Error(
    `Missing: ${missing.join(', ')}. With MILLRACE_PROGRAMS=present nothing is downloaded, built or installed: ` +
      'install it yourself, or unset the variable',
  )
}

import { fnv1a } from '../expressions/dns-name.ts'

/** Names of pods carry the Job's name in a label, and a label value ends at 63 characters. */
export const MAX_JOB_NAME = 63

/** Attempt 1 carries the name that the format prescribes; `-retry-1` follows it, and so on. */
export function attemptName(objectName: string, attempt: number): string {
  return attempt === 1 ? objectName : fitName(`${objectName}-retry-${attempt - 1}`, MAX_JOB_NAME)
}

/** Shortens a name to `max` characters; what is cut is replaced by 8 hex digits that depend on the whole name. */
export function fitName(name: string, max: number): string {
  if (name.length <= max) return name
  const head = name.slice(0, max - 9).replace(/[^a-z0-9]+$/, '')
  return `${head}-${fnv1a(name)}`
}

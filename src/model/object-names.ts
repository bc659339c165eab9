import { fnv1a } from '../expressions/dns-name.ts'

/** Pods carry their Job's name in a label, and a label value has at most 63 characters. */
export const MAX_JOB_NAME = 63

/** Attempt 1 has the name that the format defines, attempt 2 adds `-retry-1`, and so on. */
export function attemptName(objectName: string, attempt: number): string {
  return attempt === 1 ? objectName : fitName(`${objectName}-retry-${attempt - 1}`, MAX_JOB_NAME)
}

/** Shortens a name to `max` characters. A hash of the whole name (8 hex digits) replaces the cut part. */
export function fitName(name: string, max: number): string {
  if (name.length <= max) return name
  const head = name.slice(0, max - 9).replace(/[^a-z0-9]+$/, '')
  return `${head}-${fnv1a(name)}`
}

import { parseCron } from '../../../expressions/cron.ts'
import { parseExpire } from '../../../expressions/expire.ts'
import { parseGoDuration } from '../../../expressions/go-duration.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import { CATCH_UP_ANNOTATION, OVERLAP_ANNOTATION, TIME_ZONE_ANNOTATION } from '../../../model/labels.ts'
import { type OverlapPolicy, overlapPolicies, type ScheduleSpec } from '../../../model/schedule-spec.ts'

/** Runs of the format may overlap. */
const DEFAULT_OVERLAP: OverlapPolicy = 'allow'
/** Long enough for a typical outage, short enough that yesterday's runs do not start by surprise. */
const DEFAULT_CATCH_UP_MS = 3_600_000
/** Temporal's bounds: 10 s and a year. */
const MIN_CATCH_UP_MS = 10_000
const MAX_CATCH_UP_MS = 365 * 86_400_000

/** The schedule of a Pipeline; undefined if it has none. A stream's cron expression is ignored. */
export function toSchedule(
  { metadata, spec }: Pipeline,
  { timeZone }: { timeZone: string },
): { schedule?: ScheduleSpec; issues: Finding[] } {
  const cron = spec.strategy?.cronExpression
  if (!spec.batchJob || !cron || !spec.strategy) return { issues: [] }
  const issues: Finding[] = []
  const read = <T>(name: string, parse: (text: string) => T | { problem: string }, otherwise: T): T => {
    const text = metadata.annotations?.[name]
    const parsed = text === undefined ? otherwise : parse(text)
    if (typeof parsed !== 'object' || parsed === null || !('problem' in parsed)) return parsed as T
    issues.push({ path: ['metadata', 'annotations', name], rule: 'format', message: parsed.problem })
    return otherwise
  }
  const overlap = read<OverlapPolicy>(OVERLAP_ANNOTATION, parseOverlap, DEFAULT_OVERLAP)
  const catchUpWindowMs = read<number>(CATCH_UP_ANNOTATION, parseCatchUp, DEFAULT_CATCH_UP_MS)
  const zone = read<string>(TIME_ZONE_ANNOTATION, parseTimeZone, timeZone)
  const parsed = parseCron(cron)
  const expire = parseExpire(spec.strategy.expire)
  if (!('timing' in parsed)) return { issues }
  return {
    schedule: {
      cron,
      timing: parsed.timing,
      timeZone: zone,
      ...('at' in expire ? { expiresAt: new Date(expire.at).toISOString() } : {}),
      overlap,
      catchUpWindowMs,
    },
    issues,
  }
}

function parseOverlap(text: string): OverlapPolicy | { problem: string } {
  const policy = overlapPolicies.find((each) => each === text)
  return (
    policy ?? { problem: `"${text}" is not an overlap policy: write one of ${overlapPolicies.join(', ')}` }
  )
}

export function parseCatchUp(text: string): number | { problem: string } {
  const parsed = parseGoDuration(text)
  if ('problem' in parsed) return parsed
  return parsed.ms >= MIN_CATCH_UP_MS && parsed.ms <= MAX_CATCH_UP_MS
    ? parsed.ms
    : { problem: `"${text}" is not between 10s and 8760h: write for example "1h"` }
}

const zones = new Set(Intl.supportedValuesOf('timeZone'))

export function parseTimeZone(text: string): string | { problem: string } {
  // Temporal accepts neither offsets nor other spellings of a name.
  if (text === 'UTC' || zones.has(text)) return text
  return { problem: `"${text}" is not a time zone: write one like "UTC" or "Europe/Berlin"` }
}

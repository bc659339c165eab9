import { parseCatchUp, parseTimeZone } from '../../compiler/formats/pipeline/schedule.ts'
import type { Issue } from '../../manifests/issue.ts'
import { definitionTypes } from '../../manifests/kinds/kinds.ts'
import { CATCH_UP_ANNOTATION, OVERLAP_ANNOTATION, TIME_ZONE_ANNOTATION } from '../../model/labels.ts'
import type { OverlapPolicy } from '../../model/schedule-spec.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { ScheduleRef, ScheduleView } from '../ports/schedules.ts'
import { getSchedule } from './get-schedule.ts'
import { syncSchedule } from './sync-schedule.ts'

export interface ConfigureScheduleInput extends ScheduleRef {
  overlap?: OverlapPolicy
  /** A Go duration. */
  catchUpWindow?: string
  /** IANA name. */
  timeZone?: string
}

/**
 * Changes how a schedule fires; settings that are not given stay. They are written to the Pipeline, from
 * which the schedule follows, so every copy of the Pipeline has them too. AppErrors: `invalid`, `not-found`,
 * and `conflict` when the stored Pipeline cannot be read.
 */
export async function configureSchedule({
  deps,
  actor,
  input,
}: Call<ConfigureScheduleInput>): Promise<ScheduleView> {
  const { namespace, name, ...changes } = input
  const ref = { namespace, name }
  const issues = issuesOf(changes)
  const [first] = issues
  if (first) throw new AppError('invalid', first.message, { issues })
  await getSchedule({ deps, actor, input: ref })
  await deps.catalog.annotate({ ...definitionTypes.Pipeline, ...ref }, annotationsOf(changes))
  if ((await syncSchedule(deps, ref)) === 'none') {
    const message = `The stored Pipeline ${namespace}/${name} is invalid, so its schedule was not changed: store the Pipeline again to see its issues.`
    throw new AppError('conflict', message)
  }
  return getSchedule({ deps, actor, input: ref })
}

type Changes = Omit<ConfigureScheduleInput, keyof ScheduleRef>

/** Checked before anything is written: a Pipeline with an invalid annotation would keep its old schedule. */
function issuesOf({ catchUpWindow, timeZone }: Changes): Issue[] {
  const check = (path: string, parsed: unknown): Issue[] =>
    typeof parsed === 'object' && parsed !== null && 'problem' in parsed
      ? [{ document: 1, path, rule: 'format', message: `${path}: ${parsed.problem}` }]
      : []
  return [
    ...(catchUpWindow === undefined ? [] : check('catchUpWindow', parseCatchUp(catchUpWindow))),
    ...(timeZone === undefined ? [] : check('timeZone', parseTimeZone(timeZone))),
  ]
}

const annotationsOf = ({ overlap, catchUpWindow, timeZone }: Changes): Record<string, string> => ({
  ...(overlap === undefined ? {} : { [OVERLAP_ANNOTATION]: overlap }),
  ...(catchUpWindow === undefined ? {} : { [CATCH_UP_ANNOTATION]: catchUpWindow }),
  ...(timeZone === undefined ? {} : { [TIME_ZONE_ANNOTATION]: timeZone }),
})

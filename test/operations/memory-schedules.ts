import type { ScheduleSpec } from '../../src/model/schedule-spec.ts'
import type { ScheduleRef, Schedules, ScheduleView } from '../../src/operations/ports/schedules.ts'

const keyOf = ({ namespace, name }: ScheduleRef): string => `${namespace}/${name}`
const DUE = '2026-01-02T00:00:00.000Z'

/** Schedules that never fire by themselves. `step` records a call, and fails it if a test has requested that. */
export function createMemorySchedules(
  views: Map<string, ScheduleView>,
  step: <T>(method: string, what: string, effect: () => T) => Promise<T>,
): Schedules {
  const change = (
    method: string,
    ref: ScheduleRef,
    what: string,
    make: (view: ScheduleView) => ScheduleView,
  ) =>
    step(method, `${keyOf(ref)}${what}`, () => {
      const view = views.get(keyOf(ref))
      if (view) views.set(keyOf(ref), make(view))
      return view !== undefined
    })

  return {
    ensure: (ref, spec) =>
      step('ensureSchedule', keyOf(ref), () => {
        const before = views.get(keyOf(ref))
        const after = viewOf(ref, spec, before)
        views.set(keyOf(ref), after)
        if (!before) return 'created'
        return JSON.stringify(before) === JSON.stringify(after) ? 'unchanged' : 'configured'
      }),
    remove: (ref) => step('removeSchedule', keyOf(ref), () => views.delete(keyOf(ref))),
    get: (ref) => step('getSchedule', keyOf(ref), () => structuredClone(views.get(keyOf(ref)))),
    list: ({ namespace }) =>
      step('listSchedules', namespace ?? '', () =>
        [...views.values()]
          .filter((view) => namespace === undefined || view.namespace === namespace)
          .map((view) => ({ namespace: view.namespace, name: view.name }))
          .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
      ),
    pause: (ref, note) => change('pauseSchedule', ref, '', (view) => ({ ...view, phase: 'Paused', note })),
    resume: (ref, note) => change('resumeSchedule', ref, '', (view) => ({ ...view, phase: 'Active', note })),
    trigger: (ref) =>
      change('triggerSchedule', ref, '', (view) => ({
        ...view,
        recentFires: [...view.recentFires, { scheduledAt: DUE, startedAt: DUE }],
      })),
    backfill: (ref, { start, end, overlap }) =>
      change('backfillSchedule', ref, ` ${start} ${end} ${overlap ?? ''}`.trimEnd(), (view) => view),
  }
}

function viewOf({ namespace, name }: ScheduleRef, spec: ScheduleSpec, before?: ScheduleView): ScheduleView {
  const { cron, timeZone, expiresAt, overlap, catchUpWindowMs } = spec
  return {
    namespace,
    name,
    cron,
    timeZone,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    overlap,
    catchUpWindowMs,
    phase: before?.phase ?? 'Active',
    ...(before?.note === undefined ? {} : { note: before.note }),
    nextFires: [DUE],
    recentFires: before?.recentFires ?? [],
    missedFires: 0,
    skippedFires: 0,
    temporalUrl: `http://ui/schedules/${namespace}/${name}`,
  }
}

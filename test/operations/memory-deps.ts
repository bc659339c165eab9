import { defaultAdapters } from '../../src/compiler/formats/pipeline/pipeline-adapters.ts'
import { isJsonObject, type JsonObject } from '../../src/lib/json.ts'
import { parseRunId } from '../../src/model/run-id.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { AppError, type ErrorCode } from '../../src/operations/app-error.ts'
import type { Deps } from '../../src/operations/deps.ts'
import { submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import type { Catalog, ObjectRef, StoredObject } from '../../src/operations/ports/catalog.ts'
import type { PodIdentity } from '../../src/operations/ports/identity.ts'
import type { Logs } from '../../src/operations/ports/logs.ts'
import type { RunStart, Runs } from '../../src/operations/ports/runs.ts'
import type { ScheduleView } from '../../src/operations/ports/schedules.ts'
import { yaml } from './manifests.ts'
import { createMemorySchedules } from './memory-schedules.ts'

/**
 * The ports in memory, for tests of the operations. `fail` makes the next call of a method fail, before or after it took
 * effect: a crash between two steps looks the same from outside.
 */
export interface MemoryDeps extends Deps {
  /** By token. */
  pods: Map<string, PodIdentity>
  objects: Map<string, StoredObject>
  started: Map<string, RunStart>
  /** Every call, in order, as `create JobFlow default/demo`. */
  calls: string[]
  fail(method: string, code: ErrorCode, when?: 'before' | 'after'): void
  /** Ids of runs that do not end when they are cancelled. */
  neverEnding: Set<string>
  statuses: Map<string, Partial<RunStatus>>
  logText: Map<string, string[]>
  /** By `<namespace>/<name>` of the Pipeline. */
  scheduleViews: Map<string, ScheduleView>
}

const keyOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind} ${namespace}/${name}`

interface Metadata {
  name: string
  namespace: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export function createMemoryDeps(): MemoryDeps {
  const objects: MemoryDeps['objects'] = new Map()
  const started: MemoryDeps['started'] = new Map()
  const neverEnding = new Set<string>()
  const cancelled = new Set<string>()
  const statuses: MemoryDeps['statuses'] = new Map()
  const logText: MemoryDeps['logText'] = new Map()
  const scheduleViews: MemoryDeps['scheduleViews'] = new Map()
  const calls: string[] = []
  const failures: { method: string; code: ErrorCode; when: 'before' | 'after' }[] = []
  let version = 0
  let uids = 0

  const step = async <T>(method: string, what: string, effect: () => T): Promise<T> => {
    calls.push(what === '' ? method : `${method} ${what}`)
    const index = failures.findIndex((failure) => failure.method === method)
    const failure = index < 0 ? undefined : failures.splice(index, 1)[0]
    const error = failure && new AppError(failure.code, `${method} failed: ${failure.code}`)
    if (error && failure.when === 'before') throw error
    const result = effect()
    if (error) throw error
    return result
  }

  const put = (object: JsonObject, uid: string, created: string): StoredObject => {
    const { apiVersion, kind, metadata, spec } = object
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isJsonObject(metadata)) {
      throw new Error('not an object')
    }
    const { name, namespace, labels, annotations } = metadata as JsonObject & Metadata
    const stored: StoredObject = {
      apiVersion,
      kind,
      metadata: {
        name,
        namespace,
        uid,
        resourceVersion: String(++version),
        creationTimestamp: created,
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
      },
      spec: structuredClone(spec) as JsonObject,
    }
    objects.set(keyOf({ kind, namespace, name }), stored)
    return structuredClone(stored)
  }

  const catalog: Catalog = {
    get: (ref) => step('get', keyOf(ref), () => structuredClone(objects.get(keyOf(ref)))),
    list: ({ kind }, namespace) =>
      step('list', kind, () =>
        [...objects.values()].filter(
          (each) => each.kind === kind && (namespace === undefined || each.metadata.namespace === namespace),
        ),
      ),
    create: (object) => {
      const metadata = object.metadata as { namespace: string; name: string }
      const key = keyOf({ kind: String(object.kind), ...metadata })
      return step('create', key, () => {
        if (objects.has(key)) throw new AppError('conflict', `${key} exists`)
        const uid = (++uids).toString(16).padStart(8, '0')
        return put(object, `${uid}-0000-4000-8000-000000000000`, '2026-01-01T00:00:00Z')
      })
    },
    replace: (object, resourceVersion) => {
      const metadata = object.metadata as { namespace: string; name: string }
      const key = keyOf({ kind: String(object.kind), ...metadata })
      return step('replace', key, () => {
        const stored = objects.get(key)
        if (stored?.metadata.resourceVersion !== resourceVersion) throw new AppError('conflict', 'changed')
        return put(object, stored.metadata.uid, stored.metadata.creationTimestamp)
      })
    },
    annotate: (ref, annotations) =>
      step('annotate', keyOf(ref), () => {
        const stored = objects.get(keyOf(ref))
        if (!stored) throw new AppError('not-found', `${keyOf(ref)} is gone`)
        stored.metadata.annotations = { ...stored.metadata.annotations, ...annotations }
        stored.metadata.resourceVersion = String(++version)
      }),
    delete: (ref, options = {}) =>
      step('delete', keyOf(ref), () => {
        const stored = objects.get(keyOf(ref))
        if (!stored) return
        const { uid, resourceVersion } = options
        if (uid !== undefined && uid !== stored.metadata.uid) throw new AppError('conflict', 'another uid')
        if (resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion) {
          throw new AppError('conflict', 'changed')
        }
        objects.delete(keyOf(ref))
      }),
    jobsOfTemplate: (namespace, template) =>
      step('jobsOfTemplate', '', () => [`job-of-${namespace}-${template}`]),
    ping: () => step('pingKubernetes', '', () => {}),
  }

  const pods = new Map<string, PodIdentity>()

  const runs: Runs = {
    start: (start) =>
      step('start', start.run.id, () => {
        if (started.has(start.run.id)) return 'exists'
        started.set(start.run.id, start)
        return 'started'
      }),
    toStartOptions: ({ run, plan, warnings }) => ({
      input: { run, plan, warnings },
      summary: run.id,
      details: '',
      memo: {},
      attributes: {},
    }),
    recordOutput: (id, message) =>
      step('recordOutput', `${id} ${JSON.stringify(message)}`, () =>
        started.has(id) && !cancelled.has(id) ? ('recorded' as const) : ('ended' as const),
      ),
    input: async () => ({}),
    get: (id) =>
      step('getRun', id, () => {
        const run = started.get(id)
        return (
          run && { ...statusOf(run, cancelled.has(id)), ...statuses.get(id), temporalUrl: `http://ui/${id}` }
        )
      }),
    list: (_filter, page) =>
      step('listRuns', '', () => {
        if (page.cursor !== undefined && page.cursor !== 'more')
          throw new AppError('invalid', 'no such cursor')
        const all = [...started.values()].toReversed()
        const rows = all.slice(0, page.limit).map((start) => {
          const { id, kind, namespace, name, phase, startedAt } = statusOf(start, cancelled.has(start.run.id))
          return { id, kind, namespace, name, phase, startedAt, temporalUrl: `http://ui/${id}` }
        })
        return all.length > page.limit ? { runs: rows, next: 'more' } : { runs: rows }
      }),
    cancel: (id) =>
      step('cancel', id, () => {
        if (started.has(id) && !neverEnding.has(id)) cancelled.add(id)
        return started.has(id)
      }),
    ended: (id) => step('ended', id, () => !started.has(id) || cancelled.has(id)),
    ping: () => step('pingTemporal', '', () => {}),
  }

  const logs: Logs = {
    async *read(request) {
      const { name } = request.object
      await step('read', `${name}${request.container ? `/${request.container}` : ''}`, () => {})
      yield* logText.get(name) ?? []
    },
  }

  return {
    catalog,
    runs,
    logs,
    schedules: createMemorySchedules(scheduleViews, step),
    identity: { podOf: async (token) => pods.get(token) },
    settings: { adapters: defaultAdapters, timeZone: 'UTC' },
    pods,
    objects,
    started,
    calls,
    neverEnding,
    statuses,
    logText,
    scheduleViews,
    fail: (method, code, when = 'before') => failures.push({ method, code, when }),
  }
}

function statusOf({ run, warnings }: RunStart, isCancelled: boolean): RunStatus {
  return {
    id: run.id,
    kind: run.kind,
    namespace: run.namespace,
    name: run.name,
    phase: isCancelled ? 'Cancelled' : 'Running',
    startedAt: '2026-01-01T00:00:00.000Z',
    nodes: [],
    warnings,
    objectStatus: { state: 'Running', jobStatusList: {} },
  }
}

/** The ports in memory, with these manifests posted. */
export async function depsWith(...manifests: object[]): Promise<MemoryDeps> {
  const deps = createMemoryDeps()
  await submitManifests({ deps, actor: { name: 'test' }, input: { text: yaml(...manifests) } })
  return deps
}

/** The stored object of a reference, which must exist. */
export const stored = (deps: MemoryDeps, ref: ObjectRef): StoredObject => {
  const object = deps.objects.get(keyOf(ref))
  if (!object) throw new Error(`${keyOf(ref)} is not stored`)
  return object
}

/** The id of the run, which must be the only one. */
export function onlyRun(deps: MemoryDeps): string {
  const [id, second] = deps.started.keys()
  if (id === undefined || second !== undefined || !parseRunId(id))
    throw new Error('there is not exactly one run')
  return id
}

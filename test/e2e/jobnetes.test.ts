import { describe, expect, it } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/lib/json.ts'
import { apiUrl, post } from './api.ts'
import { jobs, namesOf, namespaceOfFile } from './cluster.ts'
import { type Gate, makeGate } from './gate.ts'
import { endedAt, nodeOf, phasesOf, startedAt } from './run-status.ts'
import { samplesOf } from './samples.ts'
import { job, record, workflowsIn } from './workflow.ts'

const samples = samplesOf('jobnetes')

const namespace = await namespaceOfFile('jobnetes')

const { execute } = workflowsIn(namespace)

/** A Job that ends when all of these tasks run at the same time. It never ends if they run one after another. */
const meeting = (name: string, all: readonly string[], gate: Gate): JsonObject => {
  const isThere = (one: string): string => `until [ -e /gate/${one} ]; do sleep 0.2; done`
  return job([`touch /gate/${name}`, ...all.map(isThere)].join('; '), {}, gate)
}

describe.skipIf(!samples.exist)('the samples of jobnetes', { concurrent: true }, () => {
  const issuesOf = async (file: string, path = ''): Promise<string[]> => {
    const url = `${apiUrl()}/v1/definitions/Workflow/${namespace}/any`
    const answer = path ? await fetch(url, { method: 'PUT', body: samples.read(file) }) : undefined
    const { status, body } = answer
      ? {
          status: answer.status,
          body: (await answer.json()) as { issues: { path: string; message: string }[] },
        }
      : await post(samples.read(file), namespace)
    expect(status).toBe(422)
    return (body.issues as { path: string; message: string }[]).map(
      (issue) => `${issue.path}: ${issue.message}`,
    )
  }

  it('test_empty.json: refused; as a Workflow, name and tasks are missing', async () => {
    expect((await issuesOf('schema-test_schema/test_empty.json')).join()).toMatch(/name and tasks/)
    const issues = (await issuesOf('schema-test_schema/test_empty.json', 'Workflow')).join()
    expect(issues).toContain('name is missing')
    expect(issues).toContain('tasks is missing')
  })

  it('test_empty_tasks.json: refused without a task', async () => {
    expect(await issuesOf('schema-test_schema/test_empty_tasks.json')).toEqual([
      'tasks: tasks needs at least one task',
    ])
  })

  it('test_single_job.json: refused, because its container has no image', async () => {
    expect((await issuesOf('schema-test_schema/test_single_job.json')).join()).toContain(
      'tasks[0].job.spec.template.spec.containers[0].image: image is missing',
    )
  })

  it('test_parallel.json: refused without Jobs; with Jobs task2 and task3 run concurrently, and task4 runs last', async () => {
    const issues = await issuesOf('schema-test_schema/test_parallel.json')
    expect(issues.join()).toContain('job.spec: spec is missing')
    const text = samples.read('schema-test_schema/test_parallel.json')
    const beside = ['task2', 'task3']
    const gate = makeGate()
    const workflow = withJobs(JSON.parse(text), (name) =>
      beside.includes(String(name)) ? meeting(String(name), beside, gate) : job('echo $MILLRACE_NODE'),
    )
    const run = await execute({ ...workflow, name: 'parallel' })
    expect(run.phase, run.message).toBe('Succeeded')
    expect(Object.values(phasesOf(run)).every((phase) => phase === 'Succeeded')).toBe(true)
    for (const id of beside) expect(startedAt(run, id)).toBeGreaterThanOrEqual(endedAt(run, 'task1'))
    expect(startedAt(run, 'task2-2')).toBeGreaterThanOrEqual(endedAt(run, 'task2'))
    for (const id of ['task2-2', 'task3'])
      expect(startedAt(run, 'task4')).toBeGreaterThanOrEqual(endedAt(run, id))
    const mine = namesOf(await jobs(namespace)).filter((name) => name.startsWith(run.name))
    expect(mine.map((name) => name.replace(/-[0-9a-f]{8}$/, '')).sort()).toEqual(
      ['task1', 'task2', 'task2-2', 'task3', 'task4'].map((task) => `${run.name}-${task}`),
    )
  })

  it.each([
    ['{"value": 4}', 'task2', 'task3'],
    ['{"value": 2}', 'task3', 'task2'],
    ['{"value": 3}', undefined, undefined],
    [undefined, undefined, undefined],
  ])(
    'test_branch.json: refused for its next; corrected, the output %s of task1 leads to %s',
    async (output, taken, left) => {
      expect((await issuesOf('schema-test_schema/test_branch.json')).join()).toContain('"para1"')
      const text = samples
        .read('schema-test_schema/test_branch.json')
        .replace('"next": "para1"', '"next": "branch1"')
      const script = (name: unknown): string => (name === 'task1' && output ? record(output) : 'echo ran')
      const run = await execute({
        ...withJobs(JSON.parse(text), (name) => job(script(name))),
        name: `branch ${output}`,
      })
      expect(nodeOf(run, 'task1').output).toEqual(output === undefined ? undefined : JSON.parse(output))
      if (taken && left) {
        expect(run.phase, run.message).toBe('Succeeded')
        expect(phasesOf(run)).toMatchObject({ [taken]: 'Succeeded', [left]: 'Skipped' })
      } else {
        expect(run.phase).toBe('Failed')
        expect(run.message).toContain('no condition holds')
        expect(phasesOf(run)).toMatchObject({
          task1: 'Succeeded',
          branch1: 'Failed',
          task2: 'Skipped',
          task3: 'Skipped',
        })
      }
    },
  )

  it('TestGetJobDefFromString.json: refused with the missing job and the unknown next', async () => {
    const issues = (await issuesOf('model-jobdef_test/TestGetJobDefFromString.json')).join('\n')
    expect(issues).toContain('tasks[0].job: job is missing')
    expect(issues).toContain('"task-2"')
  })

  it('TestGetJobDefFromStringWithParallel.json: refused; with Jobs and without next all seven run in order', async () => {
    const file = 'model-jobdef_test/TestGetJobDefFromStringWithParallel.json'
    const issues = (await issuesOf(file)).join('\n')
    expect(issues.match(/job is missing/g)).toHaveLength(7)
    expect(issues).toContain('"task-3"')
    const first = ['kube-task-1', 'kube-task-3', 'kube-task-5']
    const gate = makeGate()
    const workflow = withJobs(JSON.parse(samples.read(file)), (name) =>
      first.includes(String(name)) ? meeting(String(name), first, gate) : job('true'),
    )
    const { next: _, ...only } = (workflow.tasks as { next?: string }[])[0] ?? {}
    const run = await execute({ name: 'nested', tasks: [only] })
    expect(run.phase, run.message).toBe('Succeeded')
    for (const [before, after] of [
      [1, 2],
      [3, 4],
      [5, 6],
      [6, 7],
    ])
      expect(startedAt(run, `kube-task-${after}`)).toBeGreaterThanOrEqual(endedAt(run, `kube-task-${before}`))
    const mine = namesOf(await jobs(namespace)).filter((name) => name.startsWith(run.name))
    expect(mine).toHaveLength(7)
  })

  it('example/crd/workflow.yaml: a Workflow without tasks is refused', async () => {
    expect((await issuesOf('example/crd/workflow.yaml')).join()).toContain('tasks is missing')
  })
})

/** A copy in which each kube-job has a Job. */
function withJobs(definition: JsonObject, jobOf: (name: unknown) => JsonObject): JsonObject {
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within)
    return isJsonObject(value) ? withJobs(value, jobOf) : value
  }
  const entries = Object.entries(definition).map(([key, value]) => [key, within(value ?? null)] as const)
  const inner = Object.fromEntries(entries)
  return definition.type === 'kube-job' ? { ...inner, job: jobOf(definition.name) } : inner
}

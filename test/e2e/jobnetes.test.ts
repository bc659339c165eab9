import { describe, expect, it } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/lib/json.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { apiUrl, cancel, logOf, post, startOf, untilEnded, untilRun } from './api.ts'
import { dropNamespace, jobs, kube, makeNamespace, namesOf, namespaceOfFile } from './cluster.ts'
import { type Gate, makeGate } from './gate.ts'
import { endedAt, nodeOf, phasesOf, startedAt } from './run-status.ts'
import { samplesOf } from './samples.ts'

const samples = samplesOf('jobnetes')

const namespace = await namespaceOfFile('jobnetes')

/** A Job with one container; `job` in any spelling of the format. */
const job = (script: string, more: JsonObject = {}, gate?: Gate): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'overwritten' },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        volumes: gate ? [gate.volume] : [],
        containers: [
          {
            name: 'main',
            image: 'busybox:1.28',
            command: ['sh', '-c', script],
            volumeMounts: gate ? [gate.mount] : [],
          },
        ],
      },
    },
    ...more,
  },
})
/** Ends when all of these tasks run at the same time, and never if one of them waits for the end of another. */
const meeting = (name: string, all: readonly string[], gate: Gate): JsonObject => {
  const isThere = (one: string): string => `until [ -e /gate/${one} ]; do sleep 0.2; done`
  return job([`touch /gate/${name}`, ...all.map(isThere)].join('; '), {}, gate)
}
const put = (url: string, json: string): string =>
  `wget -q -O- --header "Authorization: Bearer $(cat $MILLRACE_TOKEN_FILE)" --header 'Content-Type: application/json' --post-data '${json}' ${url}`
const record = (json: string): string => put('$MILLRACE_OUTPUT_URL', json)

async function store(workflow: object): Promise<string> {
  const { status, body } = await post(JSON.stringify(workflow), namespace)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.results[0].name
}
const execute = async (workflow: object, inputs?: unknown): Promise<RunStatus> => {
  const name = await store(workflow)
  const request = { definition: { kind: 'Workflow', name }, ...(inputs === undefined ? {} : { inputs }) }
  return untilEnded(await startOf(namespace, request))
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

  it('test_empty.json: refused, and where a Workflow is meant name and tasks are missing', async () => {
    expect((await issuesOf('schema-test_schema/test_empty.json')).join()).toMatch(/name and tasks/)
    const issues = (await issuesOf('schema-test_schema/test_empty.json', 'Workflow')).join()
    expect(issues).toContain('name is missing')
    expect(issues).toContain('tasks is missing')
  })

  it('test_empty_tasks.json: tasks needs at least one', async () => {
    expect(await issuesOf('schema-test_schema/test_empty_tasks.json')).toEqual([
      'tasks: tasks needs at least one task',
    ])
  })

  it('test_single_job.json: refused by the image of its container', async () => {
    expect((await issuesOf('schema-test_schema/test_single_job.json')).join()).toContain(
      'tasks[0].job.spec.template.spec.containers[0].image: image is missing',
    )
  })

  it('test_parallel.json: no Job is refused; with jobs put in task2 and task3 run together, task4 last', async () => {
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
    'test_branch.json: refused by its next; mended, the output %s of task1 leads to %s',
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

  it('TestGetJobDefFromString.json: the missing job and the unknown next are told together', async () => {
    const issues = (await issuesOf('model-jobdef_test/TestGetJobDefFromString.json')).join('\n')
    expect(issues).toContain('tasks[0].job: job is missing')
    expect(issues).toContain('"task-2"')
  })

  it('TestGetJobDefFromStringWithParallel.json: refused; with jobs and without next all seven run in their order', async () => {
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

/** Every kube-job of a definition gets a Job. */
function withJobs(definition: JsonObject, jobOf: (name: unknown) => JsonObject): JsonObject {
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within)
    return isJsonObject(value) ? withJobs(value, jobOf) : value
  }
  const entries = Object.entries(definition).map(([key, value]) => [key, within(value ?? null)] as const)
  const inner = Object.fromEntries(entries)
  return definition.type === 'kube-job' ? { ...inner, job: jobOf(definition.name) } : inner
}

it('input, run and node reach a Job; its output is the input of the next, wherever it was recorded', async () => {
  const echo = 'echo "$MILLRACE_INPUT $MILLRACE_NODE $MILLRACE_RUN_ID"'
  const run = await execute(
    {
      name: 'data flow',
      tasks: [
        {
          name: 'first',
          type: 'kubejob',
          job: job(`${echo}; ${record('{"n": 1}')}; ${record('{"n": 2}')}`),
          next: 'second',
        },
        {
          name: 'second',
          type: 'kube-job',
          job: job(`${echo}; echo '[1, "x"]' >/dev/termination-log`),
          next: 'both',
        },
        {
          name: 'both',
          type: 'parallel-job',
          'task-sets': [
            [{ name: 'A b', type: 'kube-job', job: job(`${echo}; echo text >/dev/termination-log`) }],
            [{ name: 'c', type: 'kube-job', job: job(echo) }],
          ],
          next: 'last',
        },
        { name: 'last', type: 'kube-job', job: job(echo) },
        { name: 'never', type: 'kube-job', job: job(echo) },
      ],
    },
    { day: 'monday' },
  )
  expect(run.phase, run.message).toBe('Succeeded')
  expect(run.warnings.join()).toContain('the task never is never reached')
  expect(phasesOf(run)).toMatchObject({ never: 'Skipped' })
  const said = async (node: string): Promise<string> => (await logOf(run.id, node)).trim()
  expect(await said('first')).toBe(`{"day":"monday"} first ${run.id}`)
  expect(await said('second')).toBe(`{"n":2} second ${run.id}`)
  expect(await said('A b')).toBe(`[1,"x"] A b ${run.id}`)
  expect(await said('c')).toBe(`[1,"x"] c ${run.id}`)
  expect(await said('last')).toBe(`{"A b":"text"} last ${run.id}`)
  expect(nodeOf(run, 'last').input).toEqual({ 'A b': 'text' })
})

it('an input beyond what an environment holds is read over HTTP', async () => {
  const big = 'x'.repeat(100_000)
  const read =
    'wget -q -O- --header "Authorization: Bearer $(cat $MILLRACE_TOKEN_FILE)" $MILLRACE_INPUT_URL | wc -c'
  const tasks = [{ name: 'one', type: 'kube-job', job: job(`echo "[$MILLRACE_INPUT]"; ${read}`) }]
  const run = await execute({ name: 'large', tasks }, { big })
  expect(run.phase, run.message).toBe('Succeeded')
  const said = (await logOf(run.id, 'one')).trim().split('\n')
  expect(said.map((line) => line.trim())).toEqual(['[]', '100010'])
})

it('an output beyond 256 KiB is refused with the number, one for another audience is nobody, the last one counts', async () => {
  const gate = makeGate()
  const tasks = [{ name: 'one', type: 'kube-job', job: job(gate.wait, {}, gate) }]
  const name = await store({ name: 'talks', tasks })
  const id = await startOf(namespace, { definition: { kind: 'Workflow', name } })
  const run = await untilRun(id, 'runs', (one) => nodeOf(one, 'one').attempts[0]?.pod !== undefined)
  const pod = nodeOf(run, 'one').attempts[0]?.pod ?? ''
  const url = `${apiUrl()}/v1/runs/${encodeURIComponent(id)}/nodes/one/output`
  const send = async (audience: string, output: unknown): Promise<[number, string]> => {
    const authorization = `Bearer ${await tokenOf(pod, audience)}`
    const headers = { 'content-type': 'application/json', authorization }
    const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(output) })
    return [answer.status, await answer.text()]
  }
  expect(await send('millrace', 'first')).toEqual([204, ''])
  const tooMuch = await send('millrace', 'x'.repeat(300_000))
  expect(tooMuch).toEqual([413, expect.stringContaining('300002 bytes and may have 262144')])
  expect((await send('https://other', 'stolen'))[0]).toBe(401)
  expect(await send('millrace', { at: 'last', filled: 'y'.repeat(200_000) })).toEqual([204, ''])
  gate.open()
  const ended = await untilEnded(id)
  expect(nodeOf(ended, 'one').output).toMatchObject({ at: 'last' })
})

/** A token as the kubelet asks for one on behalf of a pod. */
async function tokenOf(pod: string, audience: string, where = namespace): Promise<string> {
  const { metadata } = await kube().get(`/api/v1/namespaces/${where}/pods/${pod}`)
  const { uid } = metadata as { uid: string }
  const answer = await kube().create(`/api/v1/namespaces/${where}/serviceaccounts/default/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audience], boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod, uid } },
  })
  return (answer.status as { token: string }).token
}

it('no job records an output for another, and nobody without a token', async () => {
  const other = put('$(echo $MILLRACE_OUTPUT_URL | sed s/thief/honest/)', '{"stolen": true}')
  const gate = makeGate()
  const run = await execute({
    name: 'theft',
    tasks: [
      {
        name: 'both',
        type: 'parallel',
        'task-sets': [
          [{ name: 'honest', type: 'kube-job', job: job(gate.wait, {}, gate) }],
          [
            {
              name: 'thief',
              type: 'kube-job',
              job: job(`${other} 2>&1 | grep -o 403; touch /gate/open`, {}, gate),
            },
          ],
        ],
      },
    ],
  })
  expect(run.phase, run.message).toBe('Succeeded')
  expect((await logOf(run.id, 'thief')).trim()).toBe('403')
  expect(nodeOf(run, 'honest').output).toBeUndefined()
  const url = `${apiUrl()}/v1/runs/${encodeURIComponent(run.id)}/nodes/honest/output`
  const send = (headers: Record<string, string>) =>
    fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: '{}' })
  expect((await send({})).status).toBe(401)
  expect((await send({ authorization: 'Bearer nonsense' })).status).toBe(401)
})

it('a pod of somebody else cannot pass for one of a run, whatever is written on it', async () => {
  const name = await store({
    name: 'victim',
    tasks: [{ name: 'one', type: 'kube-job', job: job('sleep 300') }],
  })
  const id = await startOf(namespace, { definition: { kind: 'Workflow', name } })
  const run = await untilRun(id, 'runs', (each) => nodeOf(each, 'one').attempts[0]?.pod !== undefined)
  const real = await kube().get(`/api/v1/namespaces/${namespace}/pods/${nodeOf(run, 'one').attempts[0]?.pod}`)
  const { labels, annotations } = real.metadata as JsonObject
  const other = await makeNamespace('jobnetes-thief')
  for (const where of [other, namespace]) {
    // All that a user who may make pods can copy; the Job behind it is not theirs to make.
    await kube().create(`/api/v1/namespaces/${where}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'forged', labels, annotations },
      spec: { containers: [{ name: 'main', image: 'busybox:1.28', command: ['sleep', '300'] }] },
    })
    const authorization = `Bearer ${await tokenOf('forged', 'millrace', where)}`
    const url = `${apiUrl()}/v1/runs/${encodeURIComponent(id)}/nodes/one`
    const headers = { 'content-type': 'application/json', authorization }
    expect((await fetch(`${url}/output`, { method: 'PUT', headers, body: '{}' })).status, where).toBe(403)
    expect((await fetch(`${url}/input`, { headers })).status, where).toBe(403)
  }
  await dropNamespace(other)
  await cancel(id)
  await untilEnded(id)
})

it('what is handed on arrives as it was, dollars and all, also from a pod that Kubernetes tried again', async () => {
  const gate = makeGate()
  const first = `if [ -e /gate/once ]; then echo '{"price": "$$$$5 $(HOME) $HOME é"}' >/dev/termination-log; else touch /gate/once; exit 1; fi`
  const run = await execute({
    name: 'dollars',
    tasks: [
      { name: 'one', type: 'kube-job', job: job(first, { backoffLimit: 2 }, gate), next: 'two' },
      { name: 'two', type: 'kube-job', job: job(`echo "$MILLRACE_INPUT"`) },
    ],
  })
  expect(run.phase, run.message).toBe('Succeeded')
  expect((await logOf(run.id, 'two')).trim()).toBe('{"price":"$$5 $(HOME) $HOME é"}')
})

it('a failed task has no successor, other lines go on, and the execution fails in the end', async () => {
  const run = await execute({
    name: 'failing',
    tasks: [
      {
        name: 'both',
        type: 'parallel',
        'task-sets': [
          [
            { name: 'bad', type: 'kube-job', job: job('exit 4'), next: 'after-bad' },
            { name: 'after-bad', type: 'kube-job', job: job('true') },
          ],
          [
            { name: 'good', type: 'kube-job', job: job('sleep 3'), next: 'after-good' },
            { name: 'after-good', type: 'kube-job', job: job('true') },
          ],
        ],
        next: 'end',
      },
      { name: 'end', type: 'kube-job', job: job('true') },
    ],
  })
  expect(run.phase).toBe('Failed')
  expect(run.message).toContain('bad: container main exited with code 4')
  expect(phasesOf(run)).toEqual({
    both: 'Failed',
    bad: 'Failed',
    'after-bad': 'Skipped',
    good: 'Succeeded',
    'after-good': 'Succeeded',
    end: 'Skipped',
  })
  expect(run.objectStatus).toMatchObject({ state: 'failed' })
})

it('a Job that Kubernetes refuses fails its task once, in its words', async () => {
  const run = await execute({
    name: 'refused',
    tasks: [{ name: 'bad', type: 'kube-job', job: job('true', { completionMode: 'Sideways' }) }],
  })
  expect(run.phase).toBe('Failed')
  expect(nodeOf(run, 'bad').attempts).toMatchObject([
    { outcome: 'refused', message: expect.stringContaining('completionMode') },
  ])
})

it('an execution has the name that it is given, is listed by its definition, and can be cancelled', async () => {
  const name = await store({
    name: 'long',
    tasks: [{ name: 'one', type: 'kube-job', job: job('sleep 300') }],
  })
  const id = await startOf(namespace, { definition: { kind: 'Workflow', name }, name: 'para-seq-test3' })
  expect(id).toMatch(new RegExp(`^workflowexecution/${namespace}/para-seq-test3/`))
  await untilRun(id, 'runs', (run) => nodeOf(run, 'one').attempts.length > 0)
  const list = await fetch(
    `${apiUrl()}/v1/runs?namespace=${namespace}&definition=${name}&kind=WorkflowExecution`,
  )
  const { runs } = (await list.json()) as { runs: object[] }
  expect(runs).toMatchObject([{ id, definition: name }])
  await cancel(id)
  expect(await untilEnded(id)).toMatchObject({ phase: 'Cancelled', nodes: [{ phase: 'Cancelled' }] })
})

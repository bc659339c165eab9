import { expect, it } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import { apiUrl, cancel, logOf, startOf, untilEnded, untilRun } from './api.ts'
import { dropNamespace, kube, makeNamespace, namespaceOfFile } from './cluster.ts'
import { makeGate } from './gate.ts'
import { nodeOf, phasesOf } from './run-status.ts'
import { job, put, record, workflowsIn } from './workflow.ts'

const namespace = await namespaceOfFile('workflow-data')

const { execute, store } = workflowsIn(namespace)

it('a Job gets its input, run id and node, and its output is the input of its successor', async () => {
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
  const trimmedLogOf = async (node: string): Promise<string> => (await logOf(run.id, node)).trim()
  expect(await trimmedLogOf('first')).toBe(`{"day":"monday"} first ${run.id}`)
  expect(await trimmedLogOf('second')).toBe(`{"n":2} second ${run.id}`)
  expect(await trimmedLogOf('A b')).toBe(`[1,"x"] A b ${run.id}`)
  expect(await trimmedLogOf('c')).toBe(`[1,"x"] c ${run.id}`)
  expect(await trimmedLogOf('last')).toBe(`{"A b":"text"} last ${run.id}`)
  expect(nodeOf(run, 'last').input).toEqual({ 'A b': 'text' })
})

it('an input that is too large for an environment variable is read over HTTP', async () => {
  const big = 'x'.repeat(100_000)
  const read =
    'wget -q -O- --header "Authorization: Bearer $(cat $MILLRACE_TOKEN_FILE)" $MILLRACE_INPUT_URL | wc -c'
  const tasks = [{ name: 'one', type: 'kube-job', job: job(`echo "[$MILLRACE_INPUT]"; ${read}`) }]
  const run = await execute({ name: 'large', tasks }, { big })
  expect(run.phase, run.message).toBe('Succeeded')
  const lines = (await logOf(run.id, 'one')).trim().split('\n')
  expect(lines.map((line) => line.trim())).toEqual(['[]', '100010'])
})

it('an output over 256 KiB is refused, a token for another audience is unauthorized, and the last output counts', async () => {
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
  expect(tooMuch).toEqual([413, expect.stringContaining('300002 bytes; the limit is 262144')])
  expect((await send('https://other', 'stolen'))[0]).toBe(401)
  expect(await send('millrace', { at: 'last', filled: 'y'.repeat(200_000) })).toEqual([204, ''])
  gate.open()
  const ended = await untilEnded(id)
  expect(nodeOf(ended, 'one').output).toMatchObject({ at: 'last' })
})

/** A token for a pod, as the kubelet requests it. */
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

it('a job cannot record the output of another one, and a request without a valid token is unauthorized', async () => {
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

it('a foreign pod is forbidden, even with the labels and annotations of a pod of the run', async () => {
  const name = await store({
    name: 'target',
    tasks: [{ name: 'one', type: 'kube-job', job: job('sleep 300') }],
  })
  const id = await startOf(namespace, { definition: { kind: 'Workflow', name } })
  const run = await untilRun(id, 'runs', (each) => nodeOf(each, 'one').attempts[0]?.pod !== undefined)
  const real = await kube().get(`/api/v1/namespaces/${namespace}/pods/${nodeOf(run, 'one').attempts[0]?.pod}`)
  const { labels, annotations } = real.metadata as JsonObject
  const other = await makeNamespace('jobnetes-thief')
  for (const where of [other, namespace]) {
    // A user who may create pods can copy these, but not the Job that owns the pod.
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

it('an output arrives unchanged, even with dollar signs and from a pod that Kubernetes retried', async () => {
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

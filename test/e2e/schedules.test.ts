import { describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import type { RunSummary } from '../../src/operations/ports/runs.ts'
import type { ScheduleView } from '../../src/operations/ports/schedules.ts'
import { until } from '../until.ts'
import { apiUrl, logOf, post } from './api.ts'
import { kube, namespaceOfFile } from './cluster.ts'
import { samplesOf } from './samples.ts'

const samples = samplesOf('pipeline-operator')

const namespace = await namespaceOfFile('schedules')

const pipeline = (name: string, cron: string, annotations = ''): string => `
apiVersion: controller.ljchen.net/v1
kind: Pipeline
metadata: { name: ${name}, annotations: { ${annotations} } }
spec:
  batchJob:
    input: { elasticSearch: { a: "1" } }
    outputs: []
    processors:
      - { name: say, image: "busybox:1.28", command: [sh, -c, "echo due $MILLRACE_SCHEDULED_TIME"] }
  strategy: { expire: "2099-12-31 24:00:00", cronExpression: "${cron}" }
`
const call = async (
  path: string,
  method = 'GET',
  body?: object,
): Promise<{ status: number; body: ScheduleView }> => {
  const answer = await fetch(`${apiUrl()}/v1/schedules/${namespace}/${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as ScheduleView }
}
const view = async (name: string): Promise<ScheduleView> => {
  const { status, body } = await call(name)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const runsOf = async (name: string): Promise<RunSummary[]> => {
  const answer = await fetch(`${apiUrl()}/v1/runs?namespace=${namespace}&definition=${name}&limit=100`)
  return ((await answer.json()) as { runs: RunSummary[] }).runs
}

it('a Pipeline fires on schedule, can be paused, triggered and resumed, and its runs have the trigger schedule', async () => {
  await post(pipeline('ticks', '@every 4s', 'millrace.dev/overlap-policy: skip'), namespace)
  expect(await view('ticks')).toMatchObject({
    phase: 'Active',
    cron: '@every 4s',
    overlap: 'skip',
    timeZone: 'UTC',
  })
  await until('two fires', async () => (await runsOf('ticks')).length >= 2)
  const paused = await call('ticks/pause', 'POST', { reason: 'maintenance' })
  expect(paused.body).toMatchObject({ phase: 'Paused', note: expect.stringContaining('maintenance') })
  // A fire that started before the pause still creates its run.
  await until('no run is open', async () => {
    const { recentFires } = await view('ticks')
    const runs = await runsOf('ticks')
    return runs.length >= recentFires.length && runs.every(({ endedAt }) => endedAt !== undefined)
  })
  const before = await runsOf('ticks')
  for (const { name, trigger, phase } of before) {
    expect(name).toMatch(/^ticks-run-[0-9a-f]{6}$/)
    expect({ trigger, phase }).toEqual({ trigger: 'schedule', phase: 'Succeeded' })
  }
  const [first] = before
  const log = await logOf(first?.id ?? '', 'steps', '&step=say')
  const due = Date.parse(/^due (\S+)/.exec(log)?.[1] ?? '')
  expect(due % 4_000, log).toBe(0)
  expect(Math.abs(Date.parse(first?.startedAt ?? '') - due)).toBeLessThan(patience(10_000))

  expect((await call('ticks/trigger', 'POST')).status).toBe(202)
  await until('one more', async () => (await runsOf('ticks')).length === before.length + 1)
  // Posting the same manifest again changes neither the schedule nor its pause.
  await post(pipeline('ticks', '@every 4s', 'millrace.dev/overlap-policy: skip'), namespace)
  expect((await view('ticks')).phase).toBe('Paused')
  expect((await call('ticks/resume', 'POST')).body.phase).toBe('Active')
  await until('it fires again', async () => (await runsOf('ticks')).length > before.length + 1)
  const { status } = await fetch(`${apiUrl()}/v1/definitions/Pipeline/${namespace}/ticks`, {
    method: 'DELETE',
  })
  expect(status).toBe(204)
  expect((await call('ticks')).status).toBe(404)
})

it('an edit of the Pipeline changes its schedule, annotations and PATCH change its policies, and a backfill fires a range', async () => {
  await post(pipeline('edits', '0 4 * * 1-5'), namespace)
  expect(await view('edits')).toMatchObject({ overlap: 'allow', catchUpWindowMs: 3_600_000 })
  for (const fire of (await view('edits')).nextFires) expect(new Date(fire).getUTCHours()).toBe(4)
  // Only on a leap day, so that nothing fires by itself during the test.
  await post(pipeline('edits', '0/5 * 29 2 *', 'millrace.dev/catch-up-window: 2h'), namespace)
  const edited = await view('edits')
  expect(edited.catchUpWindowMs).toBe(7_200_000)
  expect(edited.nextFires.length).toBeGreaterThan(1)
  for (const fire of edited.nextFires) expect(new Date(fire).getUTCMinutes() % 5).toBe(0)
  const patched = await call('edits', 'PATCH', { overlap: 'bufferAll', timeZone: 'Europe/Berlin' })
  expect(patched.body).toMatchObject({
    overlap: 'bufferAll',
    timeZone: 'Europe/Berlin',
    catchUpWindowMs: 7_200_000,
  })
  await call('edits/pause', 'POST')
  const range = { start: '2024-02-29T00:00:00Z', end: '2024-02-29T00:10:00Z' }
  expect((await call('edits/backfill', 'POST', range)).status).toBe(202)
  await until('three runs', async () => (await runsOf('edits')).filter(({ endedAt }) => endedAt).length === 3)
  const log = await Promise.all((await runsOf('edits')).map(({ id }) => logOf(id, 'steps', '&step=say')))
  expect(log.sort()).toEqual(['00', '05', '10'].map((minute) => `due 2024-02-29T00:${minute}:00.000Z\n`))
  const bad = await post(pipeline('edits', '0 4 * * 7', 'millrace.dev/overlap-policy: never'), namespace)
  expect(bad.status).toBe(422)
  expect((await view('edits')).cron, 'a refused manifest changes nothing').toBe('0/5 * 29 2 *')
})

it('a Pipeline that was created with kubectl soon has a schedule, which is deleted with the Pipeline', async () => {
  const path = `/apis/controller.ljchen.net/v1/namespaces/${namespace}/pipelines`
  await kube().create(path, {
    apiVersion: 'controller.ljchen.net/v1',
    kind: 'Pipeline',
    metadata: { name: 'by-kubectl' },
    spec: {
      batchJob: { input: { elasticSearch: { a: '1' } }, outputs: [] },
      strategy: { expire: '2099-01-01 00:00:00', cronExpression: '@daily' },
    },
  })
  await until('its schedule', async () => (await call('by-kubectl')).status === 200)
  await kube().delete(`${path}/by-kubectl`)
  await until('no schedule', async () => (await call('by-kubectl')).status === 404)
})

describe.skipIf(!samples.exist)('the schedules of the samples', () => {
  const moved = (text: string): string => text.replace(/expire: "2019[^"]*"/, 'expire: "2099-12-31 23:59:59"')

  it.each([
    ['xmyc/pipeline-data-1.yaml', 'xmyc-settlment', 60],
    ['xmyc/pipeline-data-2.yaml', 'xmyc-sale', 60],
    ['xmyc/pipeline-data-3.yaml', 'xmyc-stock', 60],
    ['readme/Readme-block1.yaml', 'pipeline-test-1', 5],
  ])('%s: expired, it never fires; with a later expire, it fires every %s', async (file, name, minutes) => {
    await post(samples.read(file), namespace)
    expect(await view(name)).toMatchObject({ phase: 'Expired', nextFires: [] })
    await post(moved(samples.read(file)), namespace)
    const { phase, nextFires } = await view(name)
    expect(phase).toBe('Active')
    expect(nextFires.map((fire) => new Date(fire).getUTCMinutes() % minutes)).toEqual(nextFires.map(() => 0))
    const [first = '', second = ''] = nextFires
    expect(Date.parse(second) - Date.parse(first)).toBe(minutes * 60_000)
    await fetch(`${apiUrl()}/v1/definitions/Pipeline/${namespace}/${name}`, { method: 'DELETE' })
  })
})

/**
 * Records the histories that test/replay.test.ts replays: `npm run record-histories -- NAME…` (all without a name)
 * beside a running `npm start`. Run it for the histories that a change of the workflow is meant to change, after adding
 * `patched()` for open runs. Keep the other histories, because an upgrade replays such runs.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunStatus } from '../../src/model/run-status.ts'

const api = 'http://127.0.0.1:8080'
/** The Web UI serves histories in the JSON that the SDK replays. */
const temporal = 'http://127.0.0.1:8233'
const suffix = Date.now().toString(36)
const job = (command: string): string =>
  `{ template: { spec: { terminationGracePeriodSeconds: 1, containers: [{ name: main, image: 'busybox:1.28', command: [sh, -c, '${command}'] }] } } }`
const flow = (flows: string, rest = ''): string => `kind: JobFlow\nspec:\n  ${rest}\n  flows:\n${flows}`
const one = (name: string, command: string, needs = ''): string =>
  `    - { name: ${name}, dependencies: [${needs}], jobTemplate: ${job(command)} }\n`

const container = (name: string, command: string): string =>
  `{ name: ${name}, image: 'busybox:1.28', command: [sh, -c, '${command}'] }`
const net = JSON.stringify({
  name: `net-${suffix}`,
  tasks: [
    { name: 'first', type: 'kube-job', next: 'fork', job: netJob('echo 4 >/dev/termination-log') },
    { name: 'fork', type: 'branch', tasks: [{ condition: '$ > 3', next: 'both' }] },
    {
      name: 'both',
      type: 'parallel',
      'task-sets': [[{ name: 'good', type: 'kube-job', job: netJob('true') }], [{ name: 'bad', type: 'kube-job', job: netJob('exit 1') }]],
      next: 'never',
    },
    { name: 'never', type: 'kube-job', job: netJob('true') },
  ],
})
function netJob(command: string): object {
  const main = { name: 'main', image: 'busybox:1.28', command: ['sh', '-c', command] }
  return { spec: { backoffLimit: 0, template: { spec: { terminationGracePeriodSeconds: 1, containers: [main] } } } }
}
const pipeline = (name: string, spec: string): string =>
  `apiVersion: controller.ljchen.net/v1\nkind: Pipeline\nmetadata: { name: ${name}-${suffix} }\nspec: ${spec}`

interface Case {
  manifest: string
  /** Posted first. */
  definition?: string
  /** Posted while the run waits for it. */
  template?: string
  cancel?: boolean
}

const cases: Record<string, Case> = {
  'jobflow-succeeded': {
    manifest: flow(one('a', 'true') + one('b', 'true', 'a') + one('c', 'true', 'a') + one('d', 'true', 'b, c')),
  },
  'jobflow-failed-with-handler': {
    manifest: flow(one('bad', 'exit 1') + one('slow', 'sleep 2') + one('never', 'true', 'bad'), "ErrorHandler: { script: 'true' }"),
  },
  'jobflow-unknown-dependency': { manifest: flow(one('a', 'true') + one('b', 'true', 'ghost')) },
  'jobflow-cancelled': { manifest: flow(one('a', 'sleep 60') + one('b', 'true', 'a')), cancel: true },
  'jobflow-late-template': {
    manifest: flow('    - { name: a, jobTemplateRef: late }\n'),
    template: `apiVersion: api.practice.com/v1alpha1\nkind: JobTemplate\nmetadata: { name: late }\nspec: { jobTemplate: ${job('true')} }`,
  },
  'task-failed': {
    manifest: `kind: Task\nspec:\n  steps: [${container('one', 'true')}, ${container('two', 'exit 3')}]`,
  },
  'pipelinerun-retried': {
    definition: pipeline(
      'retried',
      `{ batchJob: { input: { elasticSearch: {} }, outputs: [], processors: [${container('work', 'exit 3')}] } }`,
    ),
    manifest: `kind: PipelineRun\nspec: { refPipeline: retried-${suffix}, maxRetryCount: 1, timeout: 5s }`,
  },
  'pipelinerun-expired': {
    definition: pipeline(
      'expired',
      `{ batchJob: { input: { elasticSearch: {} }, outputs: [] }, strategy: { expire: '2019-01-01 00:00:00' } }`,
    ),
    manifest: `kind: PipelineRun\nspec: { refPipeline: expired-${suffix} }`,
  },
  'pipelinerun-stream-cancelled': {
    definition: pipeline(
      'stream',
      `{ streamJob: { microServices: [{ name: svc-${suffix}, spec: { terminationGracePeriodSeconds: 1, containers: [${container('main', 'sleep 60')}] } }] } }`,
    ),
    manifest: `kind: PipelineRun\nspec: { refPipeline: stream-${suffix} }`,
    cancel: true,
  },
  'workflowexecution-failed': {
    definition: net,
    manifest: `kind: WorkflowExecution\nspec: { workflow: net-${suffix}, input: { day: 1 } }`,
  },
  'jobflow-wide': {
    manifest: flow(Array.from({ length: 101 }, (_, at) => one(`n${at}`, 'true')).join('') + one('last', 'true', 'n7')),
  },
  'daemonjob-succeeded': { manifest: `kind: DaemonJob\nspec: ${job('true')}` },
}

async function post(text: string): Promise<string> {
  const response = await fetch(`${api}/v1/manifests`, { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: text })
  const body = (await response.json()) as { results: { runId?: string }[] }
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body.results[0]?.runId ?? ''
}

/** Resolves with the number of events. */
async function save(name: string, id: string): Promise<number> {
  const url = `${temporal}/api/v1/namespaces/default/workflows/${encodeURIComponent(id)}/history`
  const { history } = (await (await fetch(url)).json()) as { history: { events: object[] } }
  writeFileSync(join(import.meta.dirname, `${name}.json`), `${JSON.stringify(history, null, 1)}\n`)
  return history.events.length
}

/** Triggers a schedule. Resolves with the id of the workflow of the fire. */
async function fire(name: string): Promise<string> {
  await fetch(`${api}/v1/schedules/default/${name}/trigger`, { method: 'POST' })
  const query = encodeURIComponent(`WorkflowType = 'scheduledRun' AND ExecutionStatus != 'Running' AND MillraceDefinition = '${name}'`)
  for (;;) {
    await sleep(500)
    const answer = await fetch(`${temporal}/api/v1/namespaces/default/workflows?query=${query}`)
    const { executions = [] } = (await answer.json()) as { executions?: { execution: { workflowId: string } }[] }
    if (executions[0]) return executions[0].execution.workflowId
  }
}

/** The apiVersion of kinds outside of api.practice.com. */
const groups: Record<string, string> = {
  PipelineRun: 'controller.ljchen.net/v1',
  WorkflowExecution: 'jobnetes.com/v1beta',
}

const wanted = process.argv.slice(2)
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)

for (const [name, { manifest, definition, cancel, template }] of Object.entries(cases)) {
  if (!isWanted(name)) continue
  const kind = /^kind: (\w+)/.exec(manifest)?.[1] ?? ''
  const apiVersion = groups[kind] ?? 'api.practice.com/v1alpha1'
  const text = manifest.replace('\nspec:', `\napiVersion: ${apiVersion}\nmetadata: { name: ${name}-${suffix} }\nspec:`)
  if (definition) await post(definition)
  const id = await post(text)
  if (cancel || template) await sleep(3_000)
  if (cancel) await fetch(`${api}/v1/runs/${id}/cancel`, { method: 'POST' })
  if (template) await post(template)
  let run: RunStatus
  do {
    await sleep(300)
    run = (await (await fetch(`${api}/v1/runs/${id}`)).json()) as RunStatus
  } while (!run.endedAt)
  console.log(`${name}: ${run.phase}, ${await save(name, id)} events`)
  await fetch(`${api}/v1/runs/${id}`, { method: 'DELETE' })
}
if (isWanted('scheduled-run')) {
  await post(
    pipeline(
      'fires',
      `{ batchJob: { input: { elasticSearch: {} }, outputs: [] }, strategy: { expire: '2099-01-01 00:00:00', cronExpression: '@yearly' } }`,
    ).replace(`name: fires-${suffix}`, `name: fires-${suffix}, annotations: { millrace.dev/timeout: 3s }`),
  )
  console.log(`scheduled-run: ${await save('scheduled-run', await fire(`fires-${suffix}`))} events`)
}
const definitions = [
  'JobTemplate/default/late',
  ...['retried', 'expired', 'stream', 'fires'].map((name) => `Pipeline/default/${name}-${suffix}`),
  `Workflow/default/net-${suffix}`,
]
for (const path of definitions) await fetch(`${api}/v1/definitions/${path}`, { method: 'DELETE' })

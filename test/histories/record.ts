/**
 * Records the histories that test/replay.test.ts replays: `npm run record-histories` beside a running
 * `npm start`. Run it when a change of the workflow is meant, after adding `patched()` for runs that are open.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunStatus } from '../../workflows/status.ts'

const api = 'http://127.0.0.1:8080'
/** The Web UI serves histories in the JSON that the SDK replays. */
const temporal = 'http://127.0.0.1:8233'
const suffix = Date.now().toString(36)
const job = (command: string): string =>
  `{ template: { spec: { terminationGracePeriodSeconds: 1, containers: [{ name: main, image: 'busybox:1.28', command: [sh, -c, '${command}'] }] } } }`
const flow = (flows: string, rest = ''): string => `kind: JobFlow\nspec:\n  ${rest}\n  flows:\n${flows}`
const one = (name: string, command: string, needs = ''): string =>
  `    - { name: ${name}, dependencies: [${needs}], jobTemplate: ${job(command)} }\n`

const cases: Record<string, { manifest: string; cancel?: boolean; template?: string }> = {
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
  'daemonjob-succeeded': { manifest: `kind: DaemonJob\nspec: ${job('true')}` },
}

async function post(text: string): Promise<string> {
  const response = await fetch(`${api}/v1/manifests`, { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: text })
  const body = (await response.json()) as { results: { runId?: string }[] }
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body.results[0]?.runId ?? ''
}

for (const [name, { manifest, cancel, template }] of Object.entries(cases)) {
  const text = manifest.replace('\nspec:', `\napiVersion: api.practice.com/v1alpha1\nmetadata: { name: ${name}-${suffix} }\nspec:`)
  const id = await post(text)
  if (cancel || template) await sleep(2_000)
  if (cancel) await fetch(`${api}/v1/runs/${id}/cancel`, { method: 'POST' })
  if (template) await post(template)
  let run: RunStatus
  do {
    await sleep(300)
    run = (await (await fetch(`${api}/v1/runs/${id}`)).json()) as RunStatus
  } while (!run.endedAt)
  const url = `${temporal}/api/v1/namespaces/default/workflows/${encodeURIComponent(id)}/history`
  const { history } = (await (await fetch(url)).json()) as { history: { events: object[] } }
  writeFileSync(join(import.meta.dirname, `${name}.json`), `${JSON.stringify(history, null, 1)}\n`)
  console.log(`${name}: ${run.phase}, ${history.events.length} events`)
  await fetch(`${api}/v1/runs/${id}`, { method: 'DELETE' })
}
await fetch(`${api}/v1/definitions/JobTemplate/default/late`, { method: 'DELETE' })

/**
 * One example through every stage: manifest.yaml → decode → compile → decide/apply → jobManifest → toStatus.
 * Each folder is a case. Its expected.yaml has for each stage only what matters to the case:
 *
 *   about      what the case guarantees
 *   templates  JobTemplates that exist at submission: name → JobSpec
 *   definitions  Pipelines and Workflows that exist at submission, whole
 *   now        the time of submission; by default the first of 2026
 *   issues     `rule path` of every refusal; then no later stage runs
 *   warnings   `rule path` of every warning
 *   happens    the events of the run, in order: `node: outcome`, `nodes: [names]`, `template: {name: spec}`, `cancel: true`,
 *              `sleep: node` (the pause before its next attempt is over), `service: {node, change}`, `output: {node, value}`;
 *              an outcome may also be an object
 *   starts     names of all Jobs that were started, in order
 *   jobs       Job name → what its object must have
 *   absent     Job name → texts that must not occur in its object
 *   status     what the run's status must have at the end
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { jobManifest } from '../../activities/resources/job.ts'
import { compile } from '../../src/compiler/compile.ts'
import { defaultAdapters } from '../../src/compiler/formats/pipeline/pipeline-adapters.ts'
import type { Lookup } from '../../src/compiler/lookup.ts'
import { applyOverlay } from '../../src/compiler/overlay.ts'
import type { Json, JsonObject } from '../../src/lib/json.ts'
import { decode, toIssue } from '../../src/manifests/decode.ts'
import type { Workflow } from '../../src/manifests/kinds/jobnetes/workflow.ts'
import type { Manifest, RunManifest } from '../../src/manifests/kinds/kinds.ts'
import type { Pipeline } from '../../src/manifests/kinds/pipeline/pipeline.ts'
import { readManifest } from '../../src/manifests/read-manifest.ts'
import type { Start } from '../../src/model/attempt.ts'
import type { Outcome, ServiceChange } from '../../src/model/outcome.ts'
import { isDeferred, type Plan } from '../../src/model/plan.ts'
import type { RunRef } from '../../src/model/run-id.ts'
import { runId } from '../../src/model/run-id.ts'
import { startsOf } from '../../workflows/command.ts'
import { bodyOf } from '../../workflows/state.ts'
import { toStatus } from '../../workflows/status/status.ts'
import { Simulation } from '../workflows/simulate.ts'

const waiter = { token: 'dG9rZW4=', tryNumber: 1 }

interface Expected {
  about: string
  templates?: Record<string, JsonObject>
  definitions?: JsonObject[]
  now?: string
  issues?: string[]
  warnings?: string[]
  happens?: Record<string, unknown>[]
  starts?: string[]
  jobs?: Record<string, JsonObject>
  absent?: Record<string, string[]>
  status?: JsonObject
}

const cases = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory())
const uid = '0f0f0f0f-1111-2222-3333-444444444444'

describe.each(cases.map(({ name }) => name))('golden/%s', (name) => {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, name, file), 'utf8')
  const expected: Expected = parse(read('expected.yaml'))

  it(expected.about, () => {
    const { plan, warnings } = throughStages(read('manifest.yaml'), expected)
    if (!plan) return
    expect(warnings).toEqual(expected.warnings ?? [])
    const run = new Simulation(plan)
    for (const event of expected.happens ?? []) happen(run, plan, event)
    const objects = started(run, plan)
    expect(Object.keys(objects)).toEqual(expected.starts ?? [])
    for (const [job, object] of Object.entries(expected.jobs ?? {}))
      expect(objects[job]).toMatchObject(object)
    for (const [job, texts] of Object.entries(expected.absent ?? {})) {
      for (const text of texts) expect(JSON.stringify(objects[job]), job).not.toContain(text)
    }
    expect(toStatus(plan, run.state, ref(plan), warnings)).toMatchObject(expected.status ?? {})
  })
})

function throughStages(text: string, expected: Expected): { plan?: Plan; warnings: string[] } {
  const [document] = decode(text)
  if (!document?.manifest) {
    expect(document?.issues.map(({ rule, path }) => `${rule} ${path}`)).toEqual(expected.issues)
    return { warnings: [] }
  }
  const definitions = (expected.definitions ?? []).map((each) => readManifest(each).manifest)
  const lookup: Lookup = {
    jobTemplate: (name) => expected.templates?.[name],
    pipeline: (name) => definitions.find(isPipeline(name)),
    workflow: (name) => definitions.find(isWorkflow(name)),
    adapters: defaultAdapters,
    now: Date.parse(expected.now ?? '2026-01-01T00:00:00Z'),
  }
  const compiled = compile(document.manifest as RunManifest, 'default', lookup)
  const toTexts = (findings: typeof compiled.issues): string[] =>
    findings.map((finding) => toIssue(document, finding)).map(({ rule, path }) => `${rule} ${path}`)
  expect(toTexts(compiled.issues)).toEqual(expected.issues ?? [])
  return { ...(compiled.plan ? { plan: compiled.plan } : {}), warnings: toTexts(compiled.warnings) }
}

const isPipeline =
  (name: string) =>
  (one: Manifest | undefined): one is Pipeline =>
    one?.kind === 'Pipeline' && one.metadata.name === name
const isWorkflow =
  (name: string) =>
  (one: Manifest | undefined): one is Workflow =>
    one?.kind === 'Workflow' && one.metadata.name === name

function happen(run: Simulation, plan: Plan, event: Record<string, unknown>): void {
  const [[what, value] = ['', undefined]] = Object.entries(event)
  if (what === 'cancel')
    run.happens({ type: 'cancelRequested', at: 1 }).happens({ type: 'objectsDeleted', at: 2 })
  else if (what === 'sleep') run.happens({ type: 'slept', node: String(value) })
  else if (what === 'nodes')
    run.happens({ type: 'clusterNodesListed', fleet: 'fleet', clusterNodes: value as string[] })
  else if (what === 'template') {
    for (const [job, body] of Object.entries(plan.jobs)) {
      const spec = isDeferred(body) && (value as Record<string, JsonObject>)[body.templateRef]
      if (spec && isDeferred(body))
        run.happens({ type: 'templateFound', job, body: applyOverlay(spec, body.overlay) })
    }
  } else if (what === 'service') {
    const { node = '', change = 'ready' } = value as { node?: string; change?: ServiceChange['type'] }
    const turn = run.of('keepService').findLast((command) => command.node === node)?.turn ?? 0
    run.happens({ type: 'serviceChanged', node, turn, change: { type: change }, at: 1 })
  } else if (what === 'output') {
    const { node = '', value: output = null } = value as { node?: string; value?: Json }
    run.happens({ type: 'outputRecorded', node, attempt: 1, output })
  } else if (typeof value === 'string') {
    run.ends(what, {
      type: value as Outcome['type'],
      ...(value === 'failed' ? { exitCode: 1, message: 'exit 1' } : {}),
    })
  } else run.ends(what, value as Outcome)
}

function started(run: Simulation, plan: Plan): Record<string, JsonObject> {
  const order = ({ attempt, job, env }: Start): [string, JsonObject] => {
    const body = bodyOf(plan, run.state, job)
    if (!body) throw new Error(`${job} was started without a body`)
    const installation = { instance: 'millrace', jobsUrl: 'http://jobs' }
    return [attempt.objectName, jobManifest({ run: ref(plan), attempt, body, env }, installation, waiter)]
  }
  return Object.fromEntries(run.given.flatMap(startsOf).map(order))
}

function ref({ kind, namespace, name }: Plan): RunRef {
  const run = { apiVersion: 'api.practice.com/v1alpha1', kind, namespace, name, uid }
  return { id: runId(run), ...run }
}

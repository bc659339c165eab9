import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { serviceManifests } from '../../activities/resources/deployment.ts'
import { jobManifest } from '../../activities/resources/job.ts'
import { checkDefinition } from '../../src/compiler/check-definition.ts'
import { compile } from '../../src/compiler/compile.ts'
import { defaultAdapters } from '../../src/compiler/formats/pipeline/pipeline-adapters.ts'
import type { Lookup } from '../../src/compiler/lookup.ts'
import { isJsonObject, type Json } from '../../src/lib/json.ts'
import { decode } from '../../src/manifests/decode.ts'
import type { DefinitionManifest, Manifest, RunManifest } from '../../src/manifests/kinds/kinds.ts'
import { decide } from '../../workflows/decide.ts'
import { bodyOf, initialState } from '../../workflows/state.ts'
import { toStatus } from '../../workflows/status/status.ts'

const waiter = { token: 'dG9rZW4=', tryNumber: 1 }

const folder = join(import.meta.dirname, '../../examples')
const documents = readdirSync(folder)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .flatMap((name) =>
    decode(readFileSync(join(folder, name), 'utf8')).flatMap(({ manifest }) => manifest ?? []),
  )

/** Values that an author may have written in place of any field. */
const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    '',
    '$(HOME)',
    '__proto__',
    'constructor',
    -1,
    0,
    1e308,
    true,
    [],
    {},
    [null],
    [[]],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
)

/** A copy in which one value is replaced. */
function replaced(value: Json, steps: number[], by: Json): Json {
  const [step = 0, ...rest] = steps
  const keys = Array.isArray(value) || isJsonObject(value) ? Object.keys(value) : []
  const key = keys[step % Math.max(1, keys.length)]
  if (key === undefined || steps.length === 0) return by
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replaced(item, rest, by) : item))
  if (!isJsonObject(value)) return by
  return { ...value, [key]: replaced(value[key] ?? null, rest, by) }
}

const changed = fc
  .tuple(fc.constantFrom(...documents), fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), odd)
  .map(([manifest, steps, by]) => replaced(JSON.parse(JSON.stringify(manifest)) as Json, steps, by))

const lookupIn = (manifests: readonly Manifest[]): Lookup => {
  const find = (kind: string) => manifests.find((one) => one.kind === kind)
  return {
    jobTemplate: () => undefined,
    pipeline: () => find('Pipeline') as Extract<Manifest, { kind: 'Pipeline' }> | undefined,
    workflow: () => find('Workflow') as Extract<Manifest, { kind: 'Workflow' }> | undefined,
    adapters: defaultAdapters,
    now: 0,
  }
}

/** A run for each kind of definition. */
const runsOf: Record<string, RunManifest> = {
  Pipeline: {
    apiVersion: 'controller.ljchen.net/v1',
    kind: 'PipelineRun',
    metadata: { name: 'run' },
    spec: { refPipeline: 'any' },
  },
  Workflow: {
    apiVersion: 'jobnetes.com/v1beta',
    kind: 'WorkflowExecution',
    metadata: { name: 'run' },
    spec: { workflow: 'any' },
  },
}

it('every manifest has issues or compiles to a plan that can start, and no stage throws', () => {
  fc.assert(
    fc.property(changed, (value) => {
      const [document] = decode(JSON.stringify(value))
      if (!document?.manifest) {
        expect(document?.issues.length ?? 1).toBeGreaterThan(0)
        return
      }
      const { manifest } = document
      if (manifest.kind === 'JobTemplate' || manifest.kind in runsOf) {
        const settings = { timeZone: 'UTC', adapters: defaultAdapters, now: 0 }
        checkDefinition(manifest as DefinitionManifest, settings)
      }
      const run =
        runsOf[manifest.kind] ?? (manifest.kind === 'JobTemplate' ? undefined : (manifest as RunManifest))
      if (!run) return
      const { plan } = compile(run, 'default', lookupIn([manifest, ...documents]))
      if (!plan) return
      const state = initialState(plan, 0)
      const ref = {
        id: 'k/n/n/00000000',
        apiVersion: 'v',
        kind: plan.kind,
        namespace: 'n',
        name: 'n',
        uid: 'u',
      }
      for (const command of decide(plan, state)) {
        if (command.type !== 'startJob') continue
        const body = bodyOf(plan, state, command.job)
        if (body)
          jobManifest(
            { run: ref, attempt: command.attempt, body, env: command.env },
            { instance: 'i' },
            waiter,
          )
      }
      for (const node of plan.nodes) if (node.type === 'service') serviceManifests({ run: ref, node }, 'i')
      toStatus(plan, state, ref, [])
    }),
    { numRuns: 2_000 },
  )
})

import fc from 'fast-check'
import { expect } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { defaultAdapters } from '../../src/compiler/formats/pipeline/pipeline-adapters.ts'
import { decode } from '../../src/manifests/decode.ts'
import type { Workflow } from '../../src/manifests/kinds/jobnetes/workflow.ts'
import type { WorkflowExecution } from '../../src/manifests/kinds/jobnetes/workflow-execution.ts'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { Plan, PlanNode } from '../../src/model/plan.ts'
import { plan } from './simulate.ts'

const retry = fc.record({
  applicationLimit: fc.nat(3),
  infrastructureLimit: fc.nat(3),
  totalLimit: fc.nat(4),
  delayMs: fc.constant(1),
})
const vertex = (index: number): fc.Arbitrary<PlanNode> =>
  fc
    .record({
      type: fc.constantFrom('job', 'sequence', 'fleet', 'service'),
      needs: fc.subarray(Array.from({ length: index }, (_, each) => `v${each}`)),
      ghost: fc.nat(20),
      retry,
    })
    .map(({ type, needs, ghost, retry }): PlanNode => {
      const id = `v${index}`
      const all = ghost === 0 ? [...needs, 'ghost'] : needs
      const shape = { id, needs: all, objectName: id, job: 'body', retry }
      switch (type) {
        case 'sequence':
          return { ...shape, type, steps: ['a', 'b', 'c'].map((name) => ({ name, container: name })) }
        case 'fleet':
          return { type, id, needs: all, namePrefix: id, exclude: [], job: 'body', retry }
        case 'service':
          return { type, id, needs: all, objectName: id, serviceName: id, deployment: {}, service: {} }
        default:
          return { ...shape, type: 'job' }
      }
    })
export const anyGraph = fc
  .nat(9)
  .chain((last) => fc.tuple(...Array.from({ length: last + 1 }, (_, index) => vertex(index))))
  .map((nodes) => {
    // At most one fleet: members are named after cluster nodes, and two fleets would share the names.
    const first = nodes.findIndex(({ type }) => type === 'fleet')
    return plan({ nodes: nodes.filter(({ type }, index) => type !== 'fleet' || index === first) })
  })

interface Draft {
  kind: 'job' | 'parallel' | 'branch'
  next: number
  sets: Draft[][]
}
const { tasks: anyTasks } = fc.letrec<{ task: Draft; tasks: Draft[] }>((tie) => ({
  task: fc.record({
    kind: fc.constantFrom('job', 'job', 'parallel', 'branch'),
    next: fc.nat(4),
    sets: fc.oneof(
      { maxDepth: 3 },
      fc.constant<Draft[][]>([]),
      fc.array(tie('tasks'), { minLength: 1, maxLength: 3 }),
    ),
  }),
  tasks: fc.array(tie('task'), { minLength: 1, maxLength: 4 }),
}))

/** `next` points forward within its list, and names are unique in the whole tree. */
function toTasks(drafts: Draft[], names: { count: number }): object[] {
  const named = drafts.map((draft) => ({ draft, name: `t${names.count++}` }))
  return named.map(({ draft, name }, index) => {
    const later = named.slice(index + 1).map((each) => each.name)
    const next = later[draft.next]
    const follow = next === undefined ? {} : { next }
    if (draft.kind === 'parallel' && draft.sets.length > 0)
      return { name, type: 'parallel', ...follow, 'task-sets': draft.sets.map((set) => toTasks(set, names)) }
    if (draft.kind === 'branch' && later.length > 0) {
      const choice = (condition: string, at: number) => ({ condition, next: later[at % later.length] })
      return {
        name,
        type: 'branch',
        tasks: [choice('$ == true', draft.next), choice('$ != true', draft.next + 1)],
      }
    }
    return {
      name,
      type: 'kube-job',
      ...follow,
      job: { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } },
    }
  })
}
export const anyExecution = anyTasks.map((drafts): Plan => {
  const text = JSON.stringify({ name: 'net', tasks: toTasks(drafts, { count: 0 }) })
  const [document] = decode(text)
  expect(document?.issues).toEqual([])
  const run: WorkflowExecution = {
    apiVersion: 'jobnetes.com/v1beta',
    kind: 'WorkflowExecution',
    metadata: { name: 'exec' },
    spec: { workflow: 'net' },
  }
  const { plan: compiled, issues } = compile(run, 'default', {
    jobTemplate: () => undefined,
    pipeline: () => undefined,
    workflow: () => document?.manifest as Workflow,
    adapters: defaultAdapters,
    now: 0,
  })
  expect(issues).toEqual([])
  if (!compiled) throw new Error('no plan')
  return compiled
})

/** So many independent jobs that they start in blocks, with two jobs after them. */
export const wideGraph = fc
  .record({ width: fc.integer({ min: BLOCK_MIN, max: BLOCK_MIN + 20 }), retry })
  .map(({ width, retry }) => {
    const job = (id: string, needs: string[]): PlanNode => ({
      type: 'job',
      id,
      needs,
      objectName: id,
      job: 'body',
      retry,
    })
    const first = Array.from({ length: width }, (_, at) => job(`w${at}`, []))
    return plan({
      nodes: [
        ...first,
        job('one', ['w0']),
        job(
          'all',
          first.map(({ id }) => id),
        ),
      ],
    })
  })

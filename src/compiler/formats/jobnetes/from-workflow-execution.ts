import { parseCondition } from '../../../expressions/condition.ts'
import { type JsonObject, jsonBytes, objectAt } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { JobnetesTask, Workflow } from '../../../manifests/kinds/jobnetes/workflow.ts'
import type { WorkflowExecution } from '../../../manifests/kinds/jobnetes/workflow-execution.ts'
import { workflowTaskJobName } from '../../../model/object-names.ts'
import type { BranchNode, JobBody, Plan, PlanNode } from '../../../model/plan.ts'
import type { Compiled, Lookup } from '../../lookup.ts'
import { retryFromAnnotations } from '../../retry-policy.ts'
import { type PlacedTask, placeTasks } from './tasks.ts'

/** Jobs get the input in their environment or over HTTP, and the run's status contains it. */
export const MAX_INPUT_BYTES = 256 * 1024

/** Runs the current version of the Workflow. Each task is a node; `next` and branches are edges. */
export function fromWorkflowExecution(
  { metadata, spec }: WorkflowExecution,
  namespace: string,
  lookup: Lookup,
): Required<Compiled> {
  const { retry, issues } = retryFromAnnotations(metadata.annotations)
  const workflow = lookup.workflow(spec.workflow)
  const placed = workflow ? placeTasks(workflow) : []
  const jobs: Plan['jobs'] = {}
  const toNode = (one: PlacedTask): PlanNode => {
    const { task, needs, join, parent } = one
    const vertex = { id: task.name, needs, ...(join ? { join } : {}), ...(parent ? { parent } : {}) }
    if (one.type === 'parallel') return { ...vertex, type: 'parallel' }
    if (one.type === 'branch') return { ...vertex, type: 'branch', choices: toChoices(task) }
    const objectName = workflowTaskJobName(metadata.name, task.name)
    jobs[task.name] = toBody(task)
    return { ...vertex, type: 'job', objectName, job: task.name, retry, apiAccess: true }
  }
  const plan: Plan = {
    version: 1,
    format: 'jobnetes',
    kind: 'WorkflowExecution',
    namespace,
    name: metadata.name,
    jobs,
    nodes: placed.map(toNode),
    continueOnFailure: true,
    dataflow: { input: spec.input ?? {} },
  }
  const found = [
    ...issues,
    ...(workflow ? [] : [unknownWorkflow(spec.workflow, namespace)]),
    ...tooLarge(spec),
  ]
  return { plan, issues: found, warnings: workflow ? workflowWarnings(workflow) : [] }
}

/** The Job without its name. restartPolicy is Never by default: a Job refuses the pod default, Always. */
function toBody(task: JobnetesTask): JobBody {
  const job = task.job as JsonObject
  const metadata = objectAt(job, 'metadata')
  const spec = objectAt(job, 'spec')
  const template = objectAt(spec, 'template')
  const pod = objectAt(template, 'spec')
  return {
    labels: objectAt(metadata, 'labels') as Record<string, string>,
    annotations: objectAt(metadata, 'annotations') as Record<string, string>,
    spec: { ...spec, template: { ...template, spec: { restartPolicy: 'Never', ...pod } } },
  }
}

function toChoices({ tasks }: JobnetesTask): BranchNode['choices'] {
  return (tasks ?? []).flatMap(({ condition: text, next }) => {
    const parsed = parseCondition(text)
    return 'condition' in parsed ? [{ text, condition: parsed.condition, next }] : []
  })
}

/** Warnings about a Workflow that is accepted. Paths are those of the Workflow. */
export function workflowWarnings(workflow: Workflow): Finding[] {
  return placeTasks(workflow).flatMap(({ task, path, type, isReached }): Finding[] => [
    ...(isReached
      ? []
      : [
          {
            path,
            rule: 'never-reached',
            message: `the task ${task.name} is never reached: it is not the first of its list, and no next refers to it`,
          },
        ]),
    ...(type === 'branch' && task.next !== undefined
      ? [
          {
            path: [...path, 'next'],
            rule: 'no-effect',
            message: `next of the branch ${task.name} has no effect: its conditions select the next task`,
          },
        ]
      : []),
  ])
}

const unknownWorkflow = (name: string, namespace: string): Finding => ({
  path: ['spec', 'workflow'],
  rule: 'unknown-workflow',
  message: `Workflow "${name}" does not exist in namespace ${namespace}: submit it first, or in the same request`,
})

function tooLarge({ input }: WorkflowExecution['spec']): Finding[] {
  const bytes = jsonBytes(input ?? {})
  if (bytes <= MAX_INPUT_BYTES) return []
  const message = `the input has ${bytes} bytes; the limit is ${MAX_INPUT_BYTES}: store it elsewhere and pass its address`
  return [{ path: ['spec', 'input'], rule: 'too-large', message }]
}

import { z } from 'zod'
import { Metadata } from '../../fields/metadata.ts'
import { rejectTypos } from '../../fields/reject-typos.ts'
import { annotations, anyJson, labels } from '../../fields/scalars.ts'
import { JobSpec } from '../job-spec.ts'
import { checkTasks } from './check-tasks.ts'
import { type TaskType, taskTypes } from './task-types.ts'

const spellings = Object.keys(taskTypes) as [TaskType, ...TaskType[]]
const spelled = (type: 'job' | 'parallel' | 'branch'): TaskType[] =>
  spellings.filter((each) => taskTypes[each] === type)
const needs = (type: 'job' | 'parallel' | 'branch', field: string) => ({
  if: { properties: { type: { enum: spelled(type) } }, required: ['type'] },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
  then: { required: [field] },
})

const Job = z
  .object({
    metadata: z
      .object({ labels: labels.nullish(), annotations: annotations.nullish() })
      .catchall(anyJson)
      .nullish(),
    spec: JobSpec,
  })
  .catchall(anyJson)
  .describe('A batch/v1 Job. It gets its name when it runs.')

const Choice = z
  .object({
    condition: z
      .string()
      .min(1, 'must be a condition')
      .meta({ examples: ['"$.value > 3"'] })
      .describe('A path into the input, one of > < >= <= == != and a JSON literal.'),
    next: z.string().min(1, 'must be the name of a task'),
  })
  .catchall(anyJson)
  .superRefine(rejectTypos(['condition', 'next']), { when: () => true })

const own = ['name', 'type', 'job', 'task-sets', 'tasks', 'next']

const JobnetesTask = z
  .object({
    name: z
      .string()
      .min(1, 'must be a name')
      .max(200, 'must be at most 200 characters')
      .meta({ examples: ['extract'] }),
    type: z.enum(spellings),
    job: Job.optional().describe('Only for a kube-job.'),
    get 'task-sets'() {
      return z
        .array(z.array(JobnetesTask).min(1, 'needs at least one task'))
        .min(1, 'needs at least one set of tasks')
        .optional()
        .describe('Only for a parallel: the first task of each set starts at once, followed by its next.')
    },
    tasks: z
      .array(Choice)
      .min(1, 'needs at least one condition')
      .optional()
      .describe('Only for a branch: the first condition that holds selects the next task.'),
    next: z.string().min(1, 'must be the name of a task').optional().describe('The next task.'),
  })
  .catchall(anyJson)
  .superRefine(rejectTypos(own), { when: () => true })
  .meta({
    id: 'Task',
    allOf: [needs('job', 'job'), needs('parallel', 'task-sets'), needs('branch', 'tasks')],
  })

/** A jobnetes workflow, `{name, tasks}`. It is also accepted as a document of its own. */
export const WorkflowSpec = z
  .object({
    name: z
      .string()
      .min(1, 'must be a name')
      .max(200, 'must be at most 200 characters')
      .meta({ examples: ['nightly'] }),
    tasks: z
      .array(JobnetesTask)
      .min(1, 'needs at least one task')
      .describe('The first task starts first; each task is followed by its next.'),
  })
  .catchall(anyJson)
  .superRefine(rejectTypos(['name', 'tasks']), { when: () => true })
  .superRefine(checkTasks, { when: () => true })

export const Workflow = z.strictObject({
  apiVersion: z.literal('jobnetes.com/v1beta'),
  kind: z.literal('Workflow'),
  metadata: Metadata,
  spec: WorkflowSpec,
  status: anyJson.optional(),
})
export type Workflow = z.infer<typeof Workflow>
export type JobnetesTask = z.infer<typeof JobnetesTask>

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
  .describe('A batch/v1 Job; its name is given to it when it runs.')

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
    job: Job.optional().describe('Of a kube-job.'),
    get 'task-sets'() {
      return z
        .array(z.array(JobnetesTask).min(1, 'needs at least one task'))
        .min(1, 'needs at least one set of tasks')
        .optional()
        .describe(
          'Of a parallel: the first task of each set starts at once, and follows its next from there.',
        )
    },
    tasks: z
      .array(Choice)
      .min(1, 'needs at least one condition')
      .optional()
      .describe('Of a branch: the first condition that holds decides which task is next.'),
    next: z.string().min(1, 'must be the name of a task').optional().describe('The task that follows.'),
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
      .describe('The first one starts; each is followed by its next.'),
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

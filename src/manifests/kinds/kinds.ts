/**
 * The kinds that an author may write, one row each.
 *
 * A new kind is a file with its schema (and type of the same name) and a row here: the unions, the decoder, the
 * CRD and the lists of names all follow from the rows. `run` kinds ask for one run by being there; `definition`
 * kinds are kept, to be run later or often.
 *
 * Workflow code takes types from here and nothing else: a value would pull zod into the workflow bundle.
 */
import type { z } from 'zod'
import type { JsonObject } from '../../lib/json.ts'
import { DaemonJob } from './daemon-job.ts'
import { isOverruled, JobFlow } from './job-flow.ts'
import { JobTemplate } from './job-template.ts'
import { Pipeline } from './pipeline.ts'
import { PipelineRun } from './pipeline-run.ts'
import { Task } from './task.ts'
import { Workflow } from './workflow.ts'
import { WorkflowExecution } from './workflow-execution.ts'

export interface KindRow {
  kind: string
  /** `<group>/<version>` */
  apiVersion: string
  group: string
  version: string
  plural: string
  singular: string
  shortNames: readonly string[]
  role: 'run' | 'definition'
  /** Beside NAME in `kubectl get`; none means kubectl's own NAME and AGE. */
  printerColumns: readonly PrinterColumn[]
  schema: z.ZodType
  /** A mistake at this path of the object does not count, because something beside it wins. */
  isOverruled?: (object: JsonObject, path: readonly PropertyKey[]) => boolean
}

export interface PrinterColumn {
  name: string
  type: 'string' | 'date' | 'integer'
  jsonPath: string
}

const statusAndAge = [
  { name: 'Status', type: 'string', jsonPath: '.status.state' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
] as const

const practice = {
  apiVersion: 'api.practice.com/v1alpha1',
  group: 'api.practice.com',
  version: 'v1alpha1',
} as const

const ljchen = {
  apiVersion: 'controller.ljchen.net/v1',
  group: 'controller.ljchen.net',
  version: 'v1',
} as const

const jobnetes = {
  apiVersion: 'jobnetes.com/v1beta',
  group: 'jobnetes.com',
  version: 'v1beta',
} as const

export const kinds = [
  {
    ...practice,
    kind: 'JobFlow',
    plural: 'jobflows',
    singular: 'jobflow',
    shortNames: ['jf'],
    role: 'run',
    printerColumns: statusAndAge,
    schema: JobFlow,
    isOverruled,
  },
  {
    ...practice,
    kind: 'DaemonJob',
    plural: 'daemonjobs',
    singular: 'daemonjob',
    shortNames: ['dj'],
    role: 'run',
    printerColumns: statusAndAge,
    schema: DaemonJob,
  },
  {
    ...practice,
    kind: 'JobTemplate',
    plural: 'jobtemplates',
    singular: 'jobtemplate',
    shortNames: ['jt'],
    role: 'definition',
    printerColumns: [],
    schema: JobTemplate,
  },
  {
    ...practice,
    kind: 'Task',
    plural: 'tasks',
    singular: 'task',
    shortNames: ['ta'],
    role: 'run',
    printerColumns: [
      { name: 'Status', type: 'string', jsonPath: '.status.status' },
      { name: 'Start', type: 'string', jsonPath: '.status.startAt' },
      { name: 'Duration', type: 'string', jsonPath: '.status.duration' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
    schema: Task,
  },
  {
    ...ljchen,
    kind: 'Pipeline',
    plural: 'pipelines',
    singular: 'pipeline',
    shortNames: [],
    role: 'definition',
    printerColumns: [],
    schema: Pipeline,
  },
  {
    ...ljchen,
    kind: 'PipelineRun',
    plural: 'pipelineruns',
    singular: 'pipelinerun',
    shortNames: [],
    role: 'run',
    printerColumns: [],
    schema: PipelineRun,
  },
  {
    ...jobnetes,
    kind: 'Workflow',
    plural: 'workflows',
    singular: 'workflow',
    shortNames: ['wf'],
    role: 'definition',
    printerColumns: [],
    schema: Workflow,
  },
  {
    ...jobnetes,
    kind: 'WorkflowExecution',
    plural: 'workflowexecutions',
    singular: 'workflowexecution',
    shortNames: ['wfe'],
    role: 'run',
    printerColumns: statusAndAge,
    schema: WorkflowExecution,
  },
] as const satisfies readonly KindRow[]

type Row = (typeof kinds)[number]
type RowOf<Role> = Extract<Row, { role: Role }>

export type Manifest = z.infer<Row['schema']>
export type RunManifest = z.infer<RowOf<'run'>['schema']>
export type DefinitionManifest = z.infer<RowOf<'definition'>['schema']>
export type KindName = Row['kind']
export type RunKind = RowOf<'run'>['kind']
export type DefinitionKind = RowOf<'definition'>['kind']

export const runKinds: readonly RunKind[] = kinds.filter(isRun).map(({ kind }) => kind)
export const definitionKinds: readonly DefinitionKind[] = kinds.filter(isDefinition).map(({ kind }) => kind)

/** The row of a kind that is known to be one. */
export function kindRow(kind: KindName): KindRow {
  const row = kinds.find((each) => each.kind === kind)
  if (!row) throw new Error(`no row for kind ${kind}`)
  return row
}

/** The row of exactly this apiVersion and kind. */
export const findKind = (apiVersion: string, kind: string): KindRow | undefined =>
  kinds.find((row) => row.apiVersion === apiVersion && row.kind === kind)

/** The row of a kind in any spelling of case, as run ids have it in lower case. */
export const findKindByName = (kind: string): KindRow | undefined =>
  kinds.find((row) => row.kind.toLowerCase() === kind.toLowerCase())

function isRun(row: Row): row is RowOf<'run'> {
  return row.role === 'run'
}

function isDefinition(row: Row): row is RowOf<'definition'> {
  return row.role === 'definition'
}

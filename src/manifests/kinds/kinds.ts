/**
 * The kinds that an author may write, one row each.
 *
 * A new kind needs a file with its schema (and a type of the same name) and a row here. The unions, the
 * decoder, the CRD and the lists of names follow from the rows. An object of a `run` kind is one run; an
 * object of a `definition` kind is stored, and runs refer to it.
 *
 * Workflow code may import only types from here: a value would pull zod into the workflow bundle.
 */
import type { z } from 'zod'
import type { JsonObject } from '../../lib/json.ts'
import { groupKind, type TypeMeta } from '../type-meta.ts'
import { DaemonJob } from './daemon-job.ts'
import { isOverruled, JobFlow } from './job-flow.ts'
import { JobTemplate } from './job-template.ts'
import { Workflow } from './jobnetes/workflow.ts'
import { WorkflowExecution } from './jobnetes/workflow-execution.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { PipelineRun } from './pipeline/pipeline-run.ts'
import { Task } from './task.ts'

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
  /** Columns after NAME in `kubectl get`. If empty, kubectl prints NAME and AGE. */
  printerColumns: readonly PrinterColumn[]
  schema: z.ZodType
  /** An issue at this path of the object does not count, because a sibling field overrules it. */
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
/** apiVersion and kind of a row, which belong together. */
export type KnownType = Row extends infer One
  ? One extends Row
    ? Pick<One, 'apiVersion' | 'kind'>
    : never
  : never
export type DefinitionType = Extract<KnownType, { kind: DefinitionKind }>
export type RunKind = RowOf<'run'>['kind']
export type DefinitionKind = RowOf<'definition'>['kind']

export const runKinds: readonly RunKind[] = kinds.filter(isRun).map(({ kind }) => kind)
export const definitionKinds: readonly DefinitionKind[] = kinds.filter(isDefinition).map(({ kind }) => kind)

/** The row of a known kind. Throws an Error for any other. */
export function kindRow(type: TypeMeta): KindRow {
  const row = kinds.find((each) => groupKind(each) === groupKind(type))
  if (!row) throw new Error(`no row for kind ${groupKind(type)}`)
  return row
}

/** The definition kind of this name; undefined for any other name. */
export const definitionTypeOf = (kind: string): DefinitionType | undefined =>
  Object.values(definitionTypes).find((type) => type.kind === kind)

/** The row of exactly this apiVersion and kind. */
export const findKind = (apiVersion: string, kind: string): KindRow | undefined =>
  kinds.find((row) => row.apiVersion === apiVersion && row.kind === kind)

/** The first row whose kind has this name. */
export const findKindByName = (kind: string): KindRow | undefined => kinds.find((row) => row.kind === kind)

/** The definition kinds by the name that requests use. */
export const definitionTypes = {
  JobTemplate: { apiVersion: practice.apiVersion, kind: 'JobTemplate' },
  Pipeline: { apiVersion: ljchen.apiVersion, kind: 'Pipeline' },
  Workflow: { apiVersion: jobnetes.apiVersion, kind: 'Workflow' },
} as const satisfies Record<DefinitionKind, DefinitionType>

export const isDefinitionManifest = (manifest: Manifest): manifest is DefinitionManifest =>
  kinds.some((row) => isDefinition(row) && groupKind(row) === groupKind(manifest))

export const isRunManifest = (manifest: Manifest): manifest is RunManifest => !isDefinitionManifest(manifest)

function isRun(row: Row): row is RowOf<'run'> {
  return row.role === 'run'
}

function isDefinition(row: Row): row is RowOf<'definition'> {
  return row.role === 'definition'
}

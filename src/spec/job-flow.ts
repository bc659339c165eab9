import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../json.ts'
import { GlobalParams } from './global-params.ts'
import { doubledContainers, JobSpec, PartialPodSpec, Volume, VolumeMount } from './job-spec.ts'
import { Metadata } from './metadata.ts'
import { noSlips } from './no-slips.ts'
import { anyJson, dnsSubdomain, optionalName } from './scalars.ts'

/** May be overruled by a reference beside it, see isOverruled. */
const OverrulableJobSpec = JobSpec.meta({ isOverrulable: true })

/** A flow's Job is called `<jobflow>-<flow>`; whether that fits is known only once both are joined. */
const Flow = z
  .strictObject({
    name: dnsSubdomain,
    /** Names of flows; one that names none is a warning later, since the run may end without reaching it. */
    dependencies: z.array(z.string().min(1, 'must be the name of a flow')).optional(),
    jobTemplate: OverrulableJobSpec.optional(),
    /** Wins over jobTemplate. */
    jobTemplateRef: optionalName.optional(),
    shareVolumeMounts: z.array(VolumeMount).optional(),
  })
  .refine(hasOneOf('jobTemplate', 'jobTemplateRef'), {
    error: 'needs jobTemplate (a JobSpec) or jobTemplateRef (the name of a JobTemplate)',
    params: { rule: 'required' },
    when: () => true,
  })

/** A pod spec inline with the ways to say a Job beside it: jobTemplateRef wins over jobTemplate over the pod spec. */
const ErrorHandler = PartialPodSpec.extend({
  jobTemplate: OverrulableJobSpec.optional(),
  jobTemplateRef: optionalName.optional(),
  /** Runs as `sh -c` in the first container. */
  script: z.string().optional(),
})
  .catchall(anyJson)
  .superRefine(noSlips(['jobTemplate', 'jobTemplateRef', 'script']), { when: () => true })
  .superRefine(doubledContainers, { when: () => true })
  .refine(
    (handler) =>
      isEmpty(handler) || hasOneOf('jobTemplateRef', 'jobTemplate', 'containers', 'script')(handler),
    {
      error: 'needs at least one of jobTemplateRef, jobTemplate, containers and script, or must be left out',
      params: { rule: 'required' },
      when: () => true,
    },
  )

export const JobFlow = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('JobFlow'),
  metadata: Metadata,
  spec: z.strictObject({
    globalParams: GlobalParams.optional(),
    flows: z.array(Flow).min(1, 'needs at least one flow'),
    /** Added to the pods of flows with shareVolumeMounts. */
    shareVolumes: z.array(Volume).optional(),
    /** Runs once when the flow has failed; `{}` is none. */
    ErrorHandler: ErrorHandler.optional(),
  }),
  status: anyJson.optional(),
})
export type JobFlow = z.infer<typeof JobFlow>

/** What stands beside something that wins over it is not looked at, so nothing in it can be wrong. */
export function isOverruled(manifest: JsonObject, path: readonly PropertyKey[]): boolean {
  const [spec, part, ...rest] = path
  if (spec !== 'spec' || !isJsonObject(manifest.spec)) return false
  if (part === 'flows' && Array.isArray(manifest.spec.flows)) {
    const [index, field] = rest
    const flow = manifest.spec.flows[Number(index)]
    return field === 'jobTemplate' && isJsonObject(flow) && isNamed(flow.jobTemplateRef)
  }
  const handler = manifest.spec.ErrorHandler
  if (part !== 'ErrorHandler' || !isJsonObject(handler)) return false
  const [field] = rest
  if (field === 'jobTemplate') return isNamed(handler.jobTemplateRef)
  return isPodField(field) && (isNamed(handler.jobTemplateRef) || handler.jobTemplate !== undefined)
}

const isPodField = (field: PropertyKey | undefined): boolean =>
  typeof field === 'string' && field in PartialPodSpec.shape

/** '' is what the Go types write for "none". */
const isNamed = (value: unknown): boolean => value !== undefined && value !== ''

function hasOneOf(...keys: string[]): (value: object) => boolean {
  return (value) => !isJsonObject(value) || keys.some((key) => isNamed(value[key]))
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

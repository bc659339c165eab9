import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { Metadata } from '../fields/metadata.ts'
import { rejectTypos } from '../fields/reject-typos.ts'
import { anyJson, dnsSubdomain, optionalName } from '../fields/scalars.ts'
import { GlobalParams } from './global-params.ts'
import { doubledContainers, JobSpec, PartialPodSpec, Volume, VolumeMount } from './job-spec.ts'

/** A sibling jobTemplateRef may overrule it, see isOverruled. */
const OverrulableJobSpec = JobSpec.meta({ isOverrulable: true })

const NO_JOB = 'needs jobTemplate (a JobSpec with containers) or jobTemplateRef (the name of a JobTemplate)'

/** A flow's Job is named `<jobflow>-<flow>`; the compiler checks the length of the joined name. */
const Flow = z
  .strictObject({
    name: dnsSubdomain,
    dependencies: z
      .array(z.string().min(1, 'must be the name of a flow'))
      .optional()
      .describe('Names of the flows that must succeed before this one starts.'),
    jobTemplate: OverrulableJobSpec.optional().describe(
      'A batch/v1 JobSpec. Ignored if jobTemplateRef is set.',
    ),
    jobTemplateRef: optionalName.optional().describe('Name of a JobTemplate in the same namespace.'),
    shareVolumeMounts: z
      .array(VolumeMount)
      .optional()
      .describe(
        'Mounts of shareVolumes in every container of this flow. If there is any, all shareVolumes are added to its pod.',
      ),
  })
  .refine(hasOneOf('jobTemplate', 'jobTemplateRef'), {
    error: NO_JOB,
    params: { rule: 'required' },
    when: () => true,
  })
  .meta({
    // The same rule for the API server. It checks no more, because the CEL cost adds up in unbounded lists.
    'x-kubernetes-validations': [
      {
        rule: 'size(self.?jobTemplateRef.orValue("")) > 0 || size(self.?jobTemplate.?template.?spec.?containers.orValue([])) > 0',
        message: NO_JOB,
      },
    ],
  })

const ways = ['jobTemplateRef', 'jobTemplate', 'containers', 'script'] as const

/** Precedence: jobTemplateRef, jobTemplate, the inline pod spec. */
const ErrorHandler = PartialPodSpec.extend({
  jobTemplate: OverrulableJobSpec.optional().describe(
    'A batch/v1 JobSpec. Ignored if jobTemplateRef is set.',
  ),
  jobTemplateRef: optionalName.optional().describe('Name of a JobTemplate in the same namespace.'),
  script: z
    .string()
    .optional()
    .describe(
      'Shell script that the first container runs with sh -c. Without a container it runs in a small default image.',
    ),
})
  .catchall(anyJson)
  .superRefine(rejectTypos(['jobTemplate', 'jobTemplateRef', 'script']), { when: () => true })
  .superRefine(doubledContainers, { when: () => true })
  .refine((handler) => Object.keys(handler).length === 0 || hasOneOf(...ways)(handler), {
    error: `needs at least one of ${ways.join(', ')}, or must be omitted`,
    params: { rule: 'required' },
    when: () => true,
  })

export const JobFlow = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('JobFlow'),
  metadata: Metadata,
  spec: z.strictObject({
    globalParams: GlobalParams.optional(),
    flows: z
      .array(Flow)
      .min(1, 'needs at least one flow')
      .describe('Each flow is one Job. They run in the order of their dependencies.'),
    shareVolumes: z
      .array(Volume)
      .optional()
      .describe('Volumes of any type, added to the pods of flows that have shareVolumeMounts.'),
    ErrorHandler: ErrorHandler.optional().describe(
      'Runs once when the JobFlow has failed. An inline pod spec, jobTemplate, jobTemplateRef or script.',
    ),
  }),
  status: anyJson.optional(),
})
export type JobFlow = z.infer<typeof JobFlow>

/** Whether a sibling field overrules this path. Overruled fields are unused, so their issues do not count. */
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

/** Go's types write '' for "none". */
const isNamed = (value: unknown): boolean => value !== undefined && value !== ''

function hasOneOf(...keys: string[]): (value: object) => boolean {
  return (value) => !isJsonObject(value) || keys.some((key) => isNamed(value[key]))
}

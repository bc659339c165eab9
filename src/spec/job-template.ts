import { z } from 'zod'
import { JobSpec } from './job-spec.ts'
import { Metadata } from './metadata.ts'
import { anyJson } from './scalars.ts'

export const JobTemplate = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('JobTemplate'),
  metadata: Metadata,
  spec: z.strictObject({ jobTemplate: JobSpec.describe('A batch/v1 JobSpec, for flows that name it.') }),
  status: anyJson.optional(),
})
export type JobTemplate = z.infer<typeof JobTemplate>

import { z } from 'zod'
import { Metadata } from '../fields/metadata.ts'
import { anyJson } from '../fields/scalars.ts'
import { JobSpec } from './job-spec.ts'

export const JobTemplate = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('JobTemplate'),
  metadata: Metadata,
  spec: z.strictObject({ jobTemplate: JobSpec.describe('A batch/v1 JobSpec, for flows that refer to it.') }),
  status: anyJson.optional(),
})
export type JobTemplate = z.infer<typeof JobTemplate>

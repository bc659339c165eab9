import { z } from 'zod'
import { GlobalParams } from './global-params.ts'
import { JobSpec } from './job-spec.ts'
import { Metadata } from './metadata.ts'
import { noSlips } from './no-slips.ts'
import { anyJson } from './scalars.ts'

const own = {
  globalParams: GlobalParams.optional(),
  /** Names of cluster nodes, separated by commas. */
  excludeNodeList: z.string().optional(),
}

/** The JobSpec stands inline: `template` directly under spec. */
export const DaemonJob = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('DaemonJob'),
  metadata: Metadata,
  spec: JobSpec.extend(own).superRefine(noSlips(Object.keys(own)), { when: () => true }),
  status: anyJson.optional(),
})
export type DaemonJob = z.infer<typeof DaemonJob>

import { z } from 'zod'
import { Metadata } from '../fields/metadata.ts'
import { rejectTypos } from '../fields/reject-typos.ts'
import { anyJson } from '../fields/scalars.ts'
import { GlobalParams } from './global-params.ts'
import { JobSpec } from './job-spec.ts'

const own = {
  globalParams: GlobalParams.optional(),
  excludeNodeList: z
    .string()
    .optional()
    .describe('Names of nodes to exclude, separated by commas: "node1, node2".'),
}

/** The JobSpec is inline: `template` is directly under spec. */
export const DaemonJob = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('DaemonJob'),
  metadata: Metadata,
  spec: JobSpec.extend(own).superRefine(rejectTypos(Object.keys(own)), { when: () => true }),
  status: anyJson.optional(),
})
export type DaemonJob = z.infer<typeof DaemonJob>

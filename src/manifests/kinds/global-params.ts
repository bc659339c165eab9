import { z } from 'zod'
import { annotations, labels, optionalName } from '../fields/scalars.ts'
import { EnvVar } from './job-spec.ts'

/** What JobFlow and DaemonJob apply to every Job and pod that they create. */
export const GlobalParams = z
  .strictObject({
    env: z.array(EnvVar).optional().describe('For every container; overrides an entry of the same name.'),
    nodeName: optionalName.optional().describe('Node that every pod runs on, bypassing the scheduler.'),
    labels: labels.optional().describe('For every Job and pod.'),
    annotations: annotations.optional().describe('For every Job and pod.'),
  })
  .describe('Merged into every Job and pod that is created.')
export type GlobalParams = z.infer<typeof GlobalParams>

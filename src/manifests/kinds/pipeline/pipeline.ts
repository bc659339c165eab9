import { z } from 'zod'
import { parseCron } from '../../../expressions/cron.ts'
import { parseExpire } from '../../../expressions/expire.ts'
import { isJsonObject } from '../../../lib/json.ts'
import { Metadata } from '../../fields/metadata.ts'
import { refineWithParser } from '../../fields/refine-with-parser.ts'
import { rejectTypos } from '../../fields/reject-typos.ts'
import { anyJson, count, dns1035Label, optionalName } from '../../fields/scalars.ts'
import { Container, doubledNames, PodSpec, Volume } from '../job-spec.ts'
import { Adapters, Output } from './pipeline-adapters.ts'

const BatchJob = z.strictObject({
  input: Adapters.describe('Where the data comes from: the first step.'),
  processors: z
    .array(Container)
    .superRefine(doubledNames, { when: () => true })
    .optional()
    .describe(
      'Containers that run after the input, in this order. Their resources are those of the batchJob.',
    ),
  outputs: z.array(Output).describe('Where the data goes: the last steps, in this order.'),
  resources: z.object({}).catchall(anyJson).optional().describe('For every step.'),
  volumes: z.array(Volume).optional().describe('Volumes of any type, for the volumeMounts of processors.'),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  affinity: z.object({}).catchall(anyJson).optional(),
  serviceAccountName: optionalName.optional(),
})

const MicroService = z.strictObject({
  name: dns1035Label.describe(
    'Name of the headless Service. The Deployment is named <pipeline>-deploy-<name>.',
  ),
  replicas: count.nullish().describe('Default: 1.'),
  spec: PodSpec.describe('A PodSpec.'),
})

const StreamJob = z.strictObject({
  microServices: z
    .array(MicroService)
    .min(1, 'needs at least one service')
    .superRefine(doubledNames, {
      when: () => true,
    }),
})

const Strategy = z.strictObject({
  expire: z
    .string()
    .superRefine(refineWithParser(parseExpire))
    .meta({ examples: ['"2030-12-31 23:59:59"'] })
    .describe(
      'YYYY-MM-DD HH:MM:SS in UTC. From then on no runs are scheduled, and batch runs are cancelled.',
    ),
  cronExpression: z
    .string()
    .superRefine(refineWithParser((text) => (text === '' ? {} : parseCron(text))))
    .optional()
    .describe('Schedule of the runs of a batchJob: five fields or a descriptor (@hourly, @every 90s).'),
})

export const Pipeline = z.strictObject({
  apiVersion: z.literal('controller.ljchen.net/v1'),
  kind: z.literal('Pipeline'),
  metadata: Metadata,
  spec: z
    .strictObject({
      batchJob: BatchJob.optional().describe('Steps that run one after another in one pod.'),
      streamJob: StreamJob.optional().describe('Services that run until the run is cancelled or deleted.'),
      strategy: Strategy.optional(),
    })
    .superRefine(rejectTypos(['batchJob', 'streamJob', 'strategy']), { when: () => true })
    .refine((spec) => !isJsonObject(spec) || spec.batchJob !== undefined || spec.streamJob !== undefined, {
      error: 'needs batchJob or streamJob',
      params: { rule: 'required' },
      when: () => true,
    }),
  status: anyJson.optional(),
})
export type Pipeline = z.infer<typeof Pipeline>

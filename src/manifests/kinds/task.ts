import { z } from 'zod'
import { Metadata } from '../fields/metadata.ts'
import { rejectTypos } from '../fields/reject-typos.ts'
import { anyJson } from '../fields/scalars.ts'
import { Container, doubledNames, Volume } from './job-spec.ts'

/** A Kubernetes Container. Without command and script its image's ENTRYPOINT runs. */
const Step = Container.extend({
  script: z
    .string()
    .nullish()
    .describe(
      'Run as a file of its own instead of command and args: by its first line if that begins with "#!", else by sh.',
    ),
}).superRefine(rejectTypos(['script']), { when: () => true })

export const Task = z.strictObject({
  apiVersion: z.literal('api.practice.com/v1alpha1'),
  kind: z.literal('Task'),
  metadata: Metadata,
  spec: z.strictObject({
    steps: z
      .array(Step)
      .min(1, 'needs at least one step')
      .superRefine(doubledNames, { when: () => true })
      .describe('Run one after another in one pod; the first that fails ends the Task.'),
    volumes: z
      .array(Volume)
      .optional()
      .describe('Volumes of any type, for the volumeMounts of the steps. Not in the format it comes from.'),
  }),
  status: anyJson.optional(),
})
export type Task = z.infer<typeof Task>

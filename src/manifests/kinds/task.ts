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
      'Runs instead of command and args, as a file: with the interpreter in its first line if that begins with "#!", else with sh.',
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
      .describe('Containers that run one after another in one pod. The first failure ends the Task.'),
    volumes: z
      .array(Volume)
      .optional()
      .describe(
        'Volumes of any type, for the volumeMounts of the steps. The original format does not have this field.',
      ),
  }),
  status: anyJson.optional(),
})
export type Task = z.infer<typeof Task>

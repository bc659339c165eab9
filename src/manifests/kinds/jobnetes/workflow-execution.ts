import { z } from 'zod'
import { Metadata } from '../../fields/metadata.ts'
import { anyJson, dnsSubdomain } from '../../fields/scalars.ts'

/** One execution of a stored Workflow: the object form of jobnetes' StartWorkflow. */
export const WorkflowExecution = z.strictObject({
  apiVersion: z.literal('jobnetes.com/v1beta'),
  kind: z.literal('WorkflowExecution'),
  metadata: Metadata,
  spec: z.strictObject({
    workflow: dnsSubdomain.describe('Name of a Workflow of the same namespace.'),
    input: anyJson.optional().describe('Any JSON: the input of the first task. {} when it is not said.'),
  }),
  status: anyJson.optional(),
})
export type WorkflowExecution = z.infer<typeof WorkflowExecution>

import { z } from 'zod'
import { Metadata } from '../../fields/metadata.ts'
import { anyJson, dnsSubdomain } from '../../fields/scalars.ts'

/** One execution of a stored Workflow: the object form of jobnetes' StartWorkflow. */
export const WorkflowExecution = z.strictObject({
  apiVersion: z.literal('jobnetes.com/v1beta'),
  kind: z.literal('WorkflowExecution'),
  metadata: Metadata,
  spec: z.strictObject({
    workflow: dnsSubdomain.describe('Name of a Workflow in the same namespace.'),
    input: anyJson.optional().describe('The input of the first task: any JSON. Default: {}.'),
  }),
  status: anyJson.optional(),
})
export type WorkflowExecution = z.infer<typeof WorkflowExecution>

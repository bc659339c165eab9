import { z } from '@hono/zod-openapi'
import { outcomeTypes } from '../../workflows/outcome.ts'
import { nodePhases, runPhases } from '../../workflows/status.ts'

const Time = z.string().openapi({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })

export const RunPhase = z.enum(runPhases).openapi('RunPhase')
const NodePhase = z.enum(nodePhases).openapi('NodePhase', {
  description: '`Skipped` is final: the node will never run, and its message says why',
})

const Attempt = z
  .object({
    number: z.number().int().openapi({ description: 'From 1' }),
    phase: NodePhase,
    outcome: z.enum(outcomeTypes).optional().openapi({ description: 'What it came to, once it has ended' }),
    exitCode: z.number().int().optional(),
    reason: z
      .string()
      .optional()
      .openapi({ description: "Kubernetes' own word", example: 'BackoffLimitExceeded' }),
    message: z.string().optional().openapi({ description: 'While it waits: why it does not run' }),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    object: z
      .object({ kind: z.literal('Job'), namespace: z.string(), name: z.string() })
      .openapi({ description: 'The Kubernetes object of this attempt' }),
    pod: z.string().optional(),
    clusterNode: z.string().optional(),
  })
  .openapi('Attempt', { description: 'One try of a node, which is one Kubernetes object of its own' })

const Node = z
  .object({
    id: z.string(),
    type: z.string().openapi({ example: 'job' }),
    phase: NodePhase,
    message: z.string().optional(),
    needs: z.array(z.string()).openapi({ description: 'Nodes that must have succeeded before it starts' }),
    attempts: z.array(Attempt),
  })
  .openapi('Node', { description: 'One vertex of the graph' })

const JobStatusEntry = z
  .object({
    active: z.number().int().optional(),
    succeeded: z.number().int().optional(),
    failed: z.number().int().optional(),
    startTime: z.string().optional(),
    completionTime: z.string().optional(),
    conditions: z
      .array(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().optional(),
          message: z.string().optional(),
        }),
      )
      .optional(),
  })
  .openapi('JobStatusEntry')

const ObjectStatus = z
  .object({
    state: z.enum(['Pending', 'Running', 'Succeed', 'Failed', 'Terminating']),
    reason: z.string().optional(),
    message: z.string().optional(),
    jobStatusList: z.record(z.string(), JobStatusEntry).openapi({ description: 'By `<job>/<namespace>`' }),
  })
  .openapi('ObjectStatus', { description: 'The status in the words of the kind itself, as kubectl shows it' })

export const Run = z
  .object({
    id: z.string().openapi({ example: 'jobflow/default/demo/1a2b3c4d' }),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    phase: RunPhase,
    message: z.string().optional(),
    startedAt: Time,
    endedAt: Time.optional(),
    nodes: z.array(Node),
    warnings: z.array(z.string()),
    objectStatus: ObjectStatus,
    temporalUrl: z
      .string()
      .optional()
      .openapi({ description: "The run in Temporal's Web UI, once it was started" }),
  })
  .openapi('Run', { description: 'A run and all its nodes and attempts' })

export const RunSummary = z
  .object({
    id: z.string().openapi({ example: 'jobflow/default/demo/1a2b3c4d' }),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    definition: z.string().optional().openapi({ description: 'The definition that it was made from' }),
    trigger: z.string().optional().openapi({ example: 'manifest' }),
    phase: RunPhase,
    startedAt: Time,
    endedAt: Time.optional(),
    temporalUrl: z.string(),
  })
  .openapi('RunSummary', { description: 'A run in a list' })

import { z } from '@hono/zod-openapi'
import { outcomeTypes } from '../../src/model/outcome.ts'
import { nodePhases, runPhases } from '../../src/model/phase.ts'

const Time = z.string().openapi({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })

/** Our TypeScript type of JSON and the framework's differ, so this one is untyped. */
const AnyJson = z.any().openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'] })

export const RunPhase = z.enum(runPhases).openapi('RunPhase')
const NodePhase = z.enum(nodePhases).openapi('NodePhase', {
  description: '`Skipped` is final: the node will never run, and its message says why',
})

const Step = z
  .object({
    name: z.string(),
    container: z.string().optional().openapi({ description: 'Name of its container, if it differs' }),
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Skipped']),
    exitCode: z.number().int().optional(),
    reason: z.string().optional(),
    message: z
      .string()
      .optional()
      .openapi({ description: 'Why it does not run, or its termination message' }),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
  })
  .openapi('Step', { description: 'One of the containers of a pod that run in sequence' })

const Attempt = z
  .object({
    number: z.number().int().openapi({ description: 'From 1' }),
    phase: NodePhase,
    outcome: z.enum(outcomeTypes).optional().openapi({ description: 'The result, once it has ended' }),
    exitCode: z.number().int().optional(),
    reason: z
      .string()
      .optional()
      .openapi({ description: 'The reason that Kubernetes gives', example: 'BackoffLimitExceeded' }),
    message: z.string().optional().openapi({ description: 'Why it does not run, or why it failed' }),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    object: z
      .object({ kind: z.enum(['Job', 'Deployment']), namespace: z.string(), name: z.string() })
      .openapi({ description: 'The Kubernetes object of this attempt' }),
    pod: z.string().optional(),
    clusterNode: z.string().optional(),
    steps: z
      .array(Step)
      .optional()
      .openapi({ description: 'Only for a sequence: the steps of this attempt, in order' }),
    replicas: z
      .object({ wanted: z.number().int(), ready: z.number().int() })
      .optional()
      .openapi({ description: 'Only for a service' }),
  })
  .openapi('Attempt', { description: 'One try of a node: one Kubernetes object' })

const Node = z
  .object({
    id: z.string(),
    type: z.string().openapi({ example: 'job' }),
    phase: NodePhase,
    message: z.string().optional(),
    needs: z.array(z.string()).openapi({ description: 'Nodes that must succeed before it starts' }),
    parent: z.string().optional().openapi({ description: 'The parallel that contains it' }),
    attempts: z.array(Attempt),
    input: AnyJson.optional().openapi({ description: 'The input, for kinds whose nodes pass data' }),
    output: AnyJson.optional().openapi({
      description: 'What its job recorded over HTTP, or wrote as its termination message',
    }),
  })
  .openapi('Node', { description: 'One node of the graph' })

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

const JobListStatus = z
  .object({
    state: z.enum(['Pending', 'Running', 'Succeed', 'Failed', 'Terminating']),
    reason: z.string().optional(),
    message: z.string().optional(),
    jobStatusList: z.record(z.string(), JobStatusEntry).openapi({ description: 'By `<job>/<namespace>`' }),
  })
  .openapi('JobListStatus', { description: 'Status of a JobFlow or DaemonJob' })

const TaskStatus = z
  .object({
    status: z.enum(['', 'Running', 'Successful', 'Failure']),
    startAt: z.string().optional().openapi({ example: '2026-11-21 05:00:00' }),
    duration: z.string().optional().openapi({ example: '1m30s' }),
    message: z.string().optional(),
  })
  .openapi('TaskStatus', { description: 'Status of a Task' })

const PipelineRunStatus = z
  .object({
    conditions: z.array(
      z.object({
        type: z.enum(['Succeeded', 'Cancelled']),
        status: z.enum(['True', 'False', 'Unknown']),
        reason: z.string(),
        message: z.string(),
        lastTransitionTime: z.string().optional(),
      }),
    ),
    startTime: z.string().optional(),
    completionTime: z.string().optional(),
    stepStates: z.array(z.object({}).catchall(AnyJson)).optional(),
    stepsCompleted: z.array(z.string()).optional(),
    cluster: z.object({ namespace: z.string() }).catchall(AnyJson).optional(),
    retryStatus: z
      .object({
        retryCount: z.number().int(),
        historyBuild: z.array(z.object({ namespace: z.string(), buildName: z.string() })),
      })
      .optional(),
  })
  .openapi('PipelineRunStatus', { description: 'Status of a PipelineRun' })

const ExecutionStatus = z
  .object({ state: z.enum(['scheduled', 'running', 'success', 'failed']), message: z.string().optional() })
  .openapi('ExecutionStatus', { description: 'Status of a WorkflowExecution' })

const ObjectStatus = z
  .union([JobListStatus, TaskStatus, PipelineRunStatus, ExecutionStatus])
  .openapi('ObjectStatus', { description: 'The status of the Kubernetes object, in the format of its kind' })

export const Run = z
  .object({
    id: z.string().openapi({ example: 'jobflow.api.practice.com/default/demo/1a2b3c4d' }),
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
      .openapi({ description: "The run in Temporal's Web UI, once it has started" }),
  })
  .openapi('Run', { description: 'A run with all its nodes and attempts' })

export const RunSummary = z
  .object({
    id: z.string().openapi({ example: 'jobflow.api.practice.com/default/demo/1a2b3c4d' }),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    definition: z.string().optional().openapi({ description: 'The definition that it was created from' }),
    trigger: z.string().optional().openapi({ example: 'manifest' }),
    phase: RunPhase,
    startedAt: Time,
    endedAt: Time.optional(),
    temporalUrl: z.string(),
  })
  .openapi('RunSummary', { description: 'A run in a list' })

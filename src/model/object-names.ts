/**
 * Names of the Jobs and Deployments of a run: every formula, one function per format.
 *
 * A name is a function of run, node and attempt, so that a repeated activity finds what it created. The
 * formulas are those of the formats, without their random digits. A JobFlow or a stream whose names would be
 * too long is refused; all other names are shortened.
 */

import { fnv1a, slugOf } from '../expressions/dns-name.ts'

/** Pods carry their Job's name in a label, and a label value has at most 63 characters. */
export const MAX_JOB_NAME = 63

/** Job of a JobFlow's flow. The format defines it. */
export const flowJobName = (jobFlow: string, flow: string): string => `${jobFlow}-${flow}`

/** The flow name that is taken when a JobFlow has an ErrorHandler. */
export const ERROR_HANDLER_SUFFIX = 'errorhandler'
/** Job of a JobFlow's ErrorHandler. The format declares the field and no name, so the rule is ours. */
export const errorHandlerJobName = (jobFlow: string): string => flowJobName(jobFlow, ERROR_HANDLER_SUFFIX)

/** Job of a DaemonJob on one Kubernetes node. The format defines it; a node's name may be long. */
export const clusterNodeJobName = (namePrefix: string, clusterNode: string): string =>
  fitName(`${namePrefix}-${clusterNode}`, MAX_JOB_NAME)

/** Job of a Task. The format names the pod `task-pod-…`, and a pod's name begins with its Job's. */
export const taskJobName = (task: string): string => fitName(`task-pod-${task}`, MAX_JOB_NAME)

/** Job of a PipelineRun's batchJob. The format names it `<run>-build-<6 random hex>`. */
export const batchJobName = (run: string): string => fitName(`${run}-build`, MAX_JOB_NAME)

/** Deployment of a streamJob's service. The format defines it. */
export const deploymentName = (pipeline: string, service: string): string => `${pipeline}-deploy-${service}`

/**
 * Job of a WorkflowExecution's task. The format has `<task>-<row ids>-<time>`; ours names the execution
 * instead. A task name is any text, so a hash keeps different pairs apart.
 */
export function workflowTaskJobName(execution: string, task: string): string {
  const digits = fnv1a(`${execution}/${task}`)
  const words = [execution, slugOf(task)].filter(Boolean).join('-')
  return `${fitName(words, MAX_JOB_NAME - digits.length - 1)}-${digits}`
}

/** Attempt 1 has the name that the format defines, attempt 2 adds `-retry-1`, and so on. The rule is ours. */
export function attemptName(objectName: string, attempt: number): string {
  return attempt === 1 ? objectName : fitName(`${objectName}-retry-${attempt - 1}`, MAX_JOB_NAME)
}

/** Shortens a name to `max` characters. A hash of the whole name (8 hex digits) replaces the cut part. */
export function fitName(name: string, max: number): string {
  if (name.length <= max) return name
  const head = name.slice(0, max - 9).replace(/[^a-z0-9]+$/, '')
  return `${head}-${fnv1a(name)}`
}

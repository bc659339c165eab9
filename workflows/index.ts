/** Entry point of the workflow bundle: every export is a workflow type. */

export { run } from './run.ts'
export { scheduledRun } from './scheduled-run.ts'

/** Entry point of the workflow bundle: every export is a workflow type. */
export { fire } from './fire.ts'
export { run } from './run.ts'

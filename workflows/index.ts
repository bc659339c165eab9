/** What the worker bundles: every export of this file is a workflow type. */
export { fire } from './fire.ts'
export { run } from './run.ts'

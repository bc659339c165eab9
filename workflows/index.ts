/** What the worker bundles: every export of this file is a workflow type. */
export { run } from './run.ts'

import { SubmissionError } from '../../src/operations/manifests/submission-error.ts'
import { type SubmitInput, submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import type { MemoryDeps } from './memory-deps.ts'

const actor = { name: 'test' }
export const submit = (deps: MemoryDeps, input: SubmitInput | string) =>
  submitManifests({ deps, actor, input: typeof input === 'string' ? { text: input } : input })

export const failure = async (promise: Promise<unknown>): Promise<SubmissionError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof SubmissionError) return error
  throw new Error(`expected a SubmissionError, got ${String(error)}`)
}

export const rules = (issues: readonly { rule: string }[]): string[] => issues.map(({ rule }) => rule)
export const demo = {
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'JobFlow',
  namespace: 'default',
  name: 'demo',
} as const
export const writes = (deps: MemoryDeps): string[] =>
  deps.calls.filter((call) => /^(create|replace|annotate|delete|start|cancel) /.test(call))

import type { RunStart } from '../../src/operations/ports/runs.ts'

/** A run of two nodes, as the API hands it to Temporal. */
export const start = (more: Partial<RunStart> = {}): RunStart => ({
  run: {
    id: 'jobflow.api.practice.com/default/demo/1a2b3c4d',
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'JobFlow',
    namespace: 'default',
    name: 'demo',
    uid: '1a2b3c4d-0000-4000-8000-000000000000',
  },
  plan: {
    version: 1,
    format: 'jobflow',
    kind: 'JobFlow',
    namespace: 'default',
    name: 'demo',
    jobs: {},
    nodes: ['a', 'b'].map((id) => ({
      type: 'job',
      id,
      needs: id === 'b' ? ['a'] : [],
      job: id,
      objectName: `demo-${id}`,
      retry: { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 },
    })),
  },
  trigger: 'api',
  warnings: [],
  ...more,
})

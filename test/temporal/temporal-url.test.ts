import { expect, it } from 'vitest'
import { temporalUrl } from '../../src/temporal/temporal-url.ts'

it('the link to the page of a run has encoded slashes', () => {
  const ui = { uiUrl: 'http://127.0.0.1:8233/', namespace: 'default' }
  expect(temporalUrl(ui, { workflowId: 'jobflow.api.practice.com/default/demo/1a2b3c4d', runId: 'r' })).toBe(
    'http://127.0.0.1:8233/namespaces/default/workflows/jobflow.api.practice.com%2Fdefault%2Fdemo%2F1a2b3c4d/r',
  )
})

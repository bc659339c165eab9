import { describe, expect, it } from 'vitest'
import { groupKind } from '../../src/manifests/type-meta.ts'
import { parseRunId, runId } from '../../src/model/run-id.ts'

const run = {
  apiVersion: 'controller.ljchen.net/v1',
  kind: 'PipelineRun',
  namespace: 'team',
  name: 'nightly.orders',
  uid: '1a2b3c4d-0000-4000-8000-000000000000',
}

it('a kind of the core group has no group in its name', () => {
  expect(groupKind({ apiVersion: 'v1', kind: 'Pod' })).toBe('pod')
})

describe('a run id', () => {
  it('begins as kubectl prints the kind with -o name', () => {
    expect(runId(run)).toBe('pipelinerun.controller.ljchen.net/team/nightly.orders/1a2b3c4d')
  })

  it('differs for kinds of one name in two groups, and not for two versions of one kind', () => {
    expect(runId({ ...run, apiVersion: 'millrace.dev/v1' })).not.toBe(runId(run))
    expect(runId({ ...run, apiVersion: 'controller.ljchen.net/v2' })).toBe(runId(run))
  })

  it('is parsed into its parts', () => {
    expect(parseRunId(runId(run))).toEqual({
      groupKind: 'pipelinerun.controller.ljchen.net',
      kind: 'pipelinerun',
      namespace: 'team',
      name: 'nightly.orders',
      uid8: '1a2b3c4d',
    })
  })

  it.each([
    'pipelinerun/team/nightly/1a2b3c4d',
    'pipelinerun.controller.ljchen.net/team/nightly',
    'pipelinerun.controller.ljchen.net/team/nightly/1a2b3c4',
    'pipelinerun.controller.ljchen.net/team/nightly/1a2b3c4d/x',
    '.controller.ljchen.net/team/nightly/1a2b3c4d',
    'scheduled-run/pipeline.controller.ljchen.net/team/nightly-2026-01-01T00:00:00Z',
  ])('is not %s', (text) => {
    expect(parseRunId(text)).toBeUndefined()
  })
})

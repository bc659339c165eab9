import { describe, expect, it } from 'vitest'
import {
  definitionKinds,
  findKind,
  findKindByName,
  kindRow,
  kinds,
  runKinds,
} from '../../src/manifests/kinds/kinds.ts'

describe.each(kinds.map((row) => [row.kind, row] as const))('the row of %s', (kind, row) => {
  it('matches its schema', () => {
    expect(row.apiVersion).toBe(`${row.group}/${row.version}`)
    expect(row.schema.shape.kind.value).toBe(kind)
    expect(row.schema.shape.apiVersion.value).toBe(row.apiVersion)
  })

  it('is found by kind, by apiVersion and kind, and by its name in any case', () => {
    expect(kindRow({ apiVersion: `${row.group}/v9`, kind })).toBe(row)
    expect(findKind(row.apiVersion, kind)).toBe(row)
    expect(findKindByName(kind)).toBe(row)
  })
})

it('an unknown apiVersion or kind is not found', () => {
  expect(findKind('v1', 'JobFlow')).toBeUndefined()
  expect(findKind('api.practice.com/v1alpha1', 'jobflow')).toBeUndefined()
  expect(findKindByName('pod')).toBeUndefined()
})

it('every kind is a run or a definition', () => {
  expect(runKinds).toEqual(['JobFlow', 'DaemonJob', 'Task', 'PipelineRun', 'WorkflowExecution'])
  expect(definitionKinds).toEqual(['JobTemplate', 'Pipeline', 'Workflow'])
})

it('no two kinds share a name for kubectl', () => {
  const names = kinds.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames])
  expect(new Set(names).size).toBe(names.length)
})

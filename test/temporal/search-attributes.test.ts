import { describe, expect, it } from 'vitest'
import type { RunStart } from '../../src/operations/ports/runs.ts'
import { attributesOf, clipKeyword } from '../../src/temporal/search-attributes.ts'
import { start } from './run-start.ts'

describe('search attributes', () => {
  it('are kind, namespace, phase, trigger and, if the run has one, its definition', () => {
    const of = (more: Partial<RunStart>): Record<string, unknown> =>
      Object.fromEntries(attributesOf(start(more)).map(({ key, value }) => [key.name, value]))
    expect(of({})).toEqual({
      MillraceKind: 'JobFlow',
      MillraceNamespace: 'default',
      MillracePhase: 'Running',
      MillraceTrigger: 'api',
    })
    expect(of({ definition: 'nightly' })).toMatchObject({ MillraceDefinition: 'nightly' })
  })

  it('are clipped to 255 characters, the limit of PostgreSQL', () => {
    expect(clipKeyword('x'.repeat(300))).toHaveLength(255)
    expect(clipKeyword('short')).toBe('short')
  })
})

import { describe, expect, it } from 'vitest'
import type { RunStart } from '../../src/operations/ports/runs.ts'
import { attributesOf, clipKeyword } from '../../src/temporal/search-attributes.ts'
import { start } from './run-start.ts'

describe('search attributes', () => {
  it('name kind, namespace, phase, trigger and, if there is one, the definition', () => {
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

  it('end at 255 characters, which is what Postgres takes', () => {
    expect(clipKeyword('x'.repeat(300))).toHaveLength(255)
    expect(clipKeyword('short')).toBe('short')
  })
})

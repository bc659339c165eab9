import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common'
import { searchAttributes } from '../model/temporal-names.ts'
import type { RunStart } from '../operations/ports/runs.ts'

const KEYWORD = SearchAttributeType.KEYWORD

export const attributeKeys = {
  kind: defineSearchAttributeKey(searchAttributes.kind, KEYWORD),
  definition: defineSearchAttributeKey(searchAttributes.definition, KEYWORD),
  namespace: defineSearchAttributeKey(searchAttributes.namespace, KEYWORD),
  phase: defineSearchAttributeKey(searchAttributes.phase, KEYWORD),
  trigger: defineSearchAttributeKey(searchAttributes.trigger, KEYWORD),
} as const

/** On Postgres a Keyword is VARCHAR(255): a longer value, fine on SQLite, blocks the visibility queue. */
const MAX_KEYWORD = 255
export const clipKeyword = (value: string): string => [...value].slice(0, MAX_KEYWORD).join('')

export function attributesOf({ run, definition, trigger }: RunStart): SearchAttributePair[] {
  return [
    { key: attributeKeys.kind, value: clipKeyword(run.kind) },
    { key: attributeKeys.namespace, value: clipKeyword(run.namespace) },
    { key: attributeKeys.phase, value: 'Running' },
    { key: attributeKeys.trigger, value: trigger },
    ...(definition === undefined ? [] : [{ key: attributeKeys.definition, value: clipKeyword(definition) }]),
  ]
}

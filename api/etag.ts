import type { StoredObject } from '../src/operations/ports/catalog.ts'

/** The resourceVersion of an object as an ETag; opaque to the caller. */
export const toEtag = ({ metadata }: StoredObject): string => `"${metadata.resourceVersion}"`

/** The version that If-Match names. Empty for `*` (any version) and for an absent header. */
export function ifMatchOf(headers: { 'if-match'?: string | undefined }): { ifMatch?: string } {
  const value = headers['if-match']?.trim()
  if (value === undefined || value === '*') return {}
  return { ifMatch: value.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') }
}

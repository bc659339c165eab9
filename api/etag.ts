import type { StoredObject } from '../src/operations/ports/catalog.ts'

/** The version of an object as Kubernetes counts it; opaque to the caller. */
export const toEtag = ({ metadata }: StoredObject): string => `"${metadata.resourceVersion}"`

/** The version that If-Match names; `*` (any version) is left out, as is a header that is not there. */
export function ifMatchOf(headers: { 'if-match'?: string | undefined }): { ifMatch?: string } {
  const value = headers['if-match']?.trim()
  if (value === undefined || value === '*') return {}
  return { ifMatch: value.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') }
}

/**
 * Any text as a part of an object name. Characters that Kubernetes refuses become "-"; a hash of the whole
 * text (8 hex digits) then keeps different texts apart.
 */
export function dnsName(text: string): string {
  const slug = slugOf(text)
  return slug === text ? slug : [slug, fnv1a(text)].filter(Boolean).join('-')
}

/** The letters and digits of any text, in lower case, joined by "-". Different texts may give the same. */
export const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** 32-bit FNV-1a as 8 hex digits. Pure, so it also runs in the workflow sandbox. Not for security. */
export function fnv1a(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  }
  return hash.toString(16).padStart(8, '0')
}

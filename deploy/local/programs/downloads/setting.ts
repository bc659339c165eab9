/** The source of releases: their own hosts, a mirror of them, or none. */
export type DownloadSource = { kind: 'never' } | { kind: 'mirror'; base: string } | { kind: 'official' }

/**
 * The source that MILLRACE_DOWNLOADS names. A mirror has every file under its original address, host included: with
 * https://mirror/releases the file https://dl.k8s.io/release/… is at https://mirror/releases/dl.k8s.io/release/…
 */
export function downloadSource(env: NodeJS.ProcessEnv): DownloadSource {
  const value = env.MILLRACE_DOWNLOADS?.trim()
  if (!value) return { kind: 'official' }
  if (value === 'never') return { kind: 'never' }
  if (!isHttpAddress(value))
    throw new Error(
      `MILLRACE_DOWNLOADS is "${value}", but must be "never" or the address of a mirror that begins with https:// or http://`,
    )
  return { kind: 'mirror', base: value.replace(/\/+$/, '') }
}

/** The URL of a file, whose address has no scheme: dl.k8s.io/release/… */
export function urlAt(source: Exclude<DownloadSource, { kind: 'never' }>, address: string): string {
  return source.kind === 'mirror' ? `${source.base}/${address}` : `https://${address}`
}

function isHttpAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && !url.search && !url.hash
}

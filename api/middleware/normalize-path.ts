import { getPath } from 'hono/utils/url'

/** A run id written with its slashes: kind, namespace, name, 8 hex digits, and what follows it. */
const RAW_RUN = /^\/v1\/runs\/([^/%]+)\/([^/%]+)\/([^/%]+)\/([0-9a-f]{8})(?=\/|$)/i

/**
 * The path that routes are matched against. A run id is one segment of it (`%2F` for its slashes); people paste
 * it as it is, so four segments that look like one are joined. A slash at the end means nothing.
 */
export function normalizePath(request: Request): string {
  const path = getPath(request).replace(/(?<=.)\/+$/, '')
  return path.replace(RAW_RUN, (_, ...parts: string[]) => `/v1/runs/${parts.slice(0, 4).join('%2F')}`)
}

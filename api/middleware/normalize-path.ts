import { getPath } from 'hono/utils/url'

/** A run id with unescaped slashes: kind, namespace, name, 8 hex digits. */
const RAW_RUN = /^\/v1\/runs\/([^/%]+)\/([^/%]+)\/([^/%]+)\/([0-9a-f]{8})(?=\/|$)/i

/**
 * The path for matching routes. A run id is one segment (`%2F` for its slashes). People paste it unescaped,
 * so four segments that look like one are joined. Trailing slashes are ignored.
 */
export function normalizePath(request: Request): string {
  const path = getPath(request).replace(/(?<=.)\/+$/, '')
  return path.replace(RAW_RUN, (_, ...parts: string[]) => `/v1/runs/${parts.slice(0, 4).join('%2F')}`)
}

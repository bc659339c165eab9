import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../deps.ts'
import { problem } from '../problem.ts'

/**
 * Keeps foreign web pages away. A page of any site may post text to this address from the browser of somebody
 * who can reach it, and text is what starts runs here; on a developer's machine nothing else stands in between.
 * Browsers say where a request comes from; programs say nothing and are not meant.
 */
export const sameOrigin = () =>
  createMiddleware<ApiEnv>(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || !isForeign(c.req.raw.headers)) return next()
    return problem(c, 403, 'A page of another origin may not do this.')
  })

function isForeign(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  if (origin === null) return false
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host')
}

/**
 * Answers only under the names that it is known by. Without this a page could point a name of its own at our
 * address (DNS rebinding) and would then be of the same origin, allowed to read as well.
 */
export const knownHosts = (hosts: readonly string[]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const host = (c.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase()
    if (hosts.includes(host)) return next()
    return problem(c, 403, `This is not ${host === '' ? 'an address' : host}: ask for ${hosts.join(' or ')}.`)
  })

import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../deps.ts'
import { problem } from '../problem.ts'

/**
 * Refuses requests of foreign web pages. A page of any site can post text to this address from the browser of
 * somebody who can reach it, and text starts runs here. On a developer's machine nothing else prevents that.
 * Browsers send where a request comes from; other clients send nothing and pass. `hono/csrf` does not fit: it
 * refuses `curl --data-binary`, which sends a form type and no Origin.
 */
export const sameOrigin = () =>
  createMiddleware<ApiEnv>(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || !isForeign(c.req.raw.headers)) return next()
    return problem(c, 403, 'Requests from pages of another origin are not allowed.')
  })

function isForeign(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  if (origin === null) return false
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host')
}

/**
 * Answers only under known host names. Otherwise a page could point a name of its own at our address (DNS
 * rebinding), would have the same origin, and could read responses too.
 */
export const knownHosts = (hosts: readonly string[]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const host = (c.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase()
    if (hosts.includes(host)) return next()
    return problem(
      c,
      403,
      `The Host header ${host === '' ? 'is missing' : `"${host}" is not allowed`}: use ${hosts.join(' or ')}.`,
    )
  })

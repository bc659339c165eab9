import { createServer, type Server } from 'node:http'

/**
 * For probes. Alive: the server answers. Ready: the informers have synced and the worker takes tasks, or
 * waits for its build to be promoted. `/build` returns the build id.
 */
export function serveHealth(host: string, port: number, build: string, isReady: () => boolean): Server {
  return createServer((request, response) => {
    if (request.url === '/build') return response.end(`${build}\n`)
    const well = request.url === '/healthz' || (request.url === '/readyz' && isReady())
    response.writeHead(well ? 200 : 503, { 'content-type': 'text/plain' }).end(well ? 'ok\n' : 'not ready\n')
  }).listen(port, host)
}

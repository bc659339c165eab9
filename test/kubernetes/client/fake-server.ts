import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'

export interface FakeServer {
  kube: Kube
  /** Every request, as `GET /path?query`. */
  asked: string[]
  close(): Promise<void>
}

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void

/** An HTTP server on loopback for responses that a real API server cannot be made to give, and a client for it. */
export async function createFakeServer(
  answer: Answer,
  user: { token?: string; [key: string]: unknown } = {},
): Promise<FakeServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response, new URL(request.url ?? '/', 'http://localhost'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'fake', ...user },
  )
  const kube = createKube(config)
  return {
    kube,
    asked,
    async close() {
      await kube.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const reply = (response: ServerResponse, status: number, body: object | string): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export const status = (code: number, reason: string, message: string, details = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
  details,
})

export const configMaps = (names: string[], resourceVersion = '1', next = ''): object => ({
  kind: 'ConfigMapList',
  apiVersion: 'v1',
  metadata: { resourceVersion, continue: next },
  items: names.map((name) => ({ metadata: { name, resourceVersion, managedFields: [{ manager: 'x' }] } })),
})

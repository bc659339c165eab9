import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'

/** Tokens of service accounts rotate every hour or so, and exec plugins cache by themselves. */
const REFRESH_MS = 60_000

/** As far as a connection needs it; PEM. */
interface Tls {
  rejectUnauthorized: boolean
  ca?: Buffer
  cert?: Buffer
  key?: Buffer
  servername?: string
}

export interface Credentials {
  /** Base URL without a trailing slash. */
  server: string
  tls: Tls
  /** The Authorization header, fresh. */
  headers(): Promise<Record<string, string>>
}

/** What client-node knows of a cluster, in the form that undici takes. */
export function createCredentials(config: KubeConfig): Credentials {
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error('The Kubernetes context names no cluster')
  const user = config.getCurrentUser()
  const tls: Tls = {
    rejectUnauthorized: !cluster.skipTLSVerify,
    ...pem('ca', cluster.caData, cluster.caFile),
    ...pem('cert', user?.certData, user?.certFile),
    ...pem('key', user?.keyData, user?.keyFile),
    ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
  }
  let known: Promise<Record<string, string>> | undefined
  let until = 0
  return {
    server: cluster.server.replace(/\/$/, ''),
    tls,
    headers() {
      if (!known || Date.now() > until) {
        until = Date.now() + REFRESH_MS
        known = authorization(config)
        known.catch(() => {
          known = undefined
        })
      }
      return known
    },
  }
}

async function authorization(config: KubeConfig): Promise<Record<string, string>> {
  const options: RequestOptions = { headers: {} }
  await config.applyToHTTPSOptions(options)
  const headers = new Headers(options.headers as Record<string, string>)
  const value = headers.get('authorization') ?? (options.auth ? `Basic ${btoa(options.auth)}` : null)
  return value ? { authorization: value, 'user-agent': 'millrace' } : { 'user-agent': 'millrace' }
}

function pem(key: 'ca' | 'cert' | 'key', data: string | undefined, file: string | undefined): Partial<Tls> {
  if (data) return { [key]: Buffer.from(data, 'base64') }
  return file ? { [key]: readFileSync(file) } : {}
}

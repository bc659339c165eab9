import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { buildConnector } from 'undici'
import { userAgent } from './user-agent.ts'

/** Service account tokens rotate about every hour, certificates in files every few months. */
const REFRESH_MS = 60_000
/** Many calls may be refused at the same moment, and a plugin takes about a second to return a new token. */
const FORGET_MS = 1_000
/** Notices a vanished peer within half a minute: this long without a byte, then ten probes, 1 s apart. */
const KEEPALIVE_MS = 15_000
/** A connection within a cluster or to a cloud takes milliseconds. */
const CONNECT_MS = 5_000

export interface Credentials {
  /** Base URL without a trailing slash. */
  server: string
  /** Opens a connection with the current certificates. */
  connect: buildConnector.connector
  /** Authentication headers, kept fresh. Throws when a file or a plugin does not provide them. */
  headers(): Promise<Record<string, string>>
  /** The server has refused the credentials: read them again before the next request. */
  forget(): void
}

interface Identity {
  headers: Record<string, string>
  cert: RequestOptions['cert']
  key: RequestOptions['key']
}

/** The cluster and user of a client-node config, in the form that undici needs. */
export function createCredentials(kubeConfig: KubeConfig): Credentials {
  const { server, skipTLSVerify, tlsServerName, caFile, caData } = usableCluster(kubeConfig)
  let source = copyOf(kubeConfig)
  let known: Promise<Identity> | undefined
  let askedAt = 0
  const identity = (): Promise<Identity> => {
    if (!known || Date.now() - askedAt > REFRESH_MS) {
      askedAt = Date.now()
      const asked = identify(source)
      known = asked
      asked.catch(() => {
        if (known === asked) known = undefined
      })
    }
    return known
  }
  const tls = async () => {
    const { cert, key } = await identity()
    const ca = caFile ? readFileSync(caFile) : caData ? Buffer.from(caData, 'base64') : undefined
    return {
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
      ...(skipTLSVerify ? { rejectUnauthorized: false } : {}),
      ...(tlsServerName ? { servername: tlsServerName } : {}),
    }
  }
  return {
    server: server.replace(/\/$/, ''),
    connect: connectorOf(tls),
    headers: async () => (await identity()).headers,
    forget: () => {
      if (Date.now() - askedAt < FORGET_MS) return
      known = undefined
      // client-node caches tokens too; a copy starts without them.
      source = copyOf(source)
    },
  }
}

/**
 * Reuses one connector while the certificates stay the same: it holds the TLS sessions that shorten the next
 * handshake.
 */
function connectorOf(tls: () => Promise<buildConnector.BuildOptions & Material>): buildConnector.connector {
  let last: { key: string; connect: buildConnector.connector } | undefined
  return (options, callback) => {
    tls().then(
      (material) => {
        const key = [material.ca, material.cert, material.key].map(String).join()
        const connect =
          last?.key === key
            ? last.connect
            : buildConnector({
                ...material,
                allowH2: false,
                timeout: CONNECT_MS,
                keepAlive: true,
                keepAliveInitialDelay: KEEPALIVE_MS,
              })
        last = { key, connect }
        connect(options, callback)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    )
  }
}

type Material = Pick<RequestOptions, 'ca' | 'cert' | 'key'>

async function identify(config: KubeConfig): Promise<Identity> {
  const options: RequestOptions = { headers: {} }
  try {
    await config.applyToHTTPSOptions(options)
  } catch (error) {
    // Output of a plugin or a parser may contain a token, so only the error code is reported.
    const what =
      error instanceof Error && 'code' in error ? String(error.code) : 'the plugin or file does not work'
    throw new Error(`the credentials of the context "${config.getCurrentContext()}" cannot be read: ${what}`)
  }
  const headers = new Headers(options.headers as Record<string, string>)
  if (!headers.has('authorization') && options.auth)
    headers.set('authorization', `Basic ${btoa(options.auth)}`)
  headers.set('user-agent', userAgent)
  return { headers: Object.fromEntries(headers), cert: options.cert, key: options.key }
}

function usableCluster(config: KubeConfig) {
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`The Kubernetes context "${config.getCurrentContext()}" has no cluster`)
  if (cluster.proxyUrl) {
    throw new Error(`The cluster "${cluster.name}" has a proxy-url, which is not supported: use a tunnel`)
  }
  const { protocol, hostname } = new URL(cluster.server)
  // `kubectl proxy` speaks plain HTTP on loopback; anywhere else that would send credentials in the clear.
  if (protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    throw new Error(
      `The cluster "${cluster.name}" has a server address without TLS (${cluster.server}): use https`,
    )
  return cluster
}

function copyOf(config: KubeConfig): KubeConfig {
  const copy = new KubeConfig()
  copy.loadFromOptions({
    // client-node gives no credentials for a server without TLS unless this is set.
    clusters: config
      .getClusters()
      .map((one) => ({ ...one, skipTLSVerify: one.server.startsWith('http:') || one.skipTLSVerify })),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  })
  return copy
}

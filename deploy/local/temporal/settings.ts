import type { Layout } from '../layout.ts'
import { postgresPassword, serverOf } from './postgres.ts'
import { tuning } from './server.ts'

/** Temporal's name for its way of speaking to PostgreSQL 12 and newer. */
export const PLUGIN = 'postgres12'

/** By the name of their schema among those that the server brings. */
export const databases = { temporal: 'temporal', visibility: 'temporal_visibility' } as const
export type SchemaName = keyof typeof databases

/**
 * A shard is a lock around runs and a set of queues, and the data is made for one number of them for good. With
 * four, runs do not all wait for each other's commits, and one process on a few cores has few queues to poll.
 */
const HISTORY_SHARDS = 4
/** Connections to each database; together well below the 100 that PostgreSQL takes. */
const MAX_CONNECTIONS: Record<SchemaName, number> = { temporal: 20, visibility: 10 }

/** The settings file of the server. The addresses of its services are for itself. */
export function serverSettings(layout: Layout, dynamicSettingsFile: string): object {
  const { ports } = layout
  const frontend = `127.0.0.1:${ports.temporal}`
  const service = (grpcPort: number, more: object = {}): object => ({
    rpc: { grpcPort, bindOnIP: '127.0.0.1', ...more },
  })
  const off = { state: 'disabled' }
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: HISTORY_SHARDS,
      defaultStore: 'temporal',
      visibilityStore: 'visibility',
      datastores: { temporal: store(layout, 'temporal'), visibility: store(layout, 'visibility') },
    },
    global: {
      membership: { broadcastAddress: '127.0.0.1' },
      metrics: { prometheus: { listenAddress: `127.0.0.1:${ports.temporalMetrics}` } },
    },
    services: {
      frontend: service(ports.temporal, { httpPort: ports.temporalHttp }),
      history: service(ports.temporalHistory),
      matching: service(ports.temporalMatching),
      worker: service(ports.temporalWorker),
    },
    clusterMetadata: {
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: { active: { enabled: true, initialFailoverVersion: 1, rpcAddress: frontend } },
    },
    publicClient: { hostPort: frontend },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: off, visibility: off },
    namespaceDefaults: { archival: { history: off, visibility: off } },
    dynamicConfigClient: { filepath: dynamicSettingsFile, pollInterval: '1m' },
  }
}

function store(layout: Layout, schema: SchemaName): object {
  const { host, port, user } = serverOf(layout)
  return {
    sql: {
      pluginName: PLUGIN,
      databaseName: databases[schema],
      connectAddr: `${host}:${port}`,
      connectProtocol: 'tcp',
      user,
      password: postgresPassword(layout),
      maxConns: MAX_CONNECTIONS[schema],
      maxIdleConns: MAX_CONNECTIONS[schema],
      maxConnLifetime: '1h',
    },
  }
}

/** What the development server sets by itself: ten queries for runs in a second are few. */
const ownOfDevelopment = { 'frontend.namespaceRPS.visibility': 100 }

/** The same tuning as the development server's, in the form of the file that the regular one reads. */
export const dynamicSettings = Object.fromEntries(
  Object.entries({ ...tuning, ...ownOfDevelopment }).map(([name, value]) => [name, [{ value }]]),
)

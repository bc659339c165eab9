import type { Layout } from '../layout.ts'
import { postgresPassword, serverOf } from './postgres.ts'
import { databaseFile } from './sqlite.ts'

/** Where a server keeps its state. */
export type TemporalStore = 'sqlite' | 'postgres'

/** Temporal's plugin for PostgreSQL 12 and newer. */
export const PLUGIN = 'postgres12'

/** By the names of the server's schemas. */
export const databases = { temporal: 'temporal', visibility: 'temporal_visibility' } as const
export type SchemaName = keyof typeof databases

/**
 * A shard is a lock around runs and a set of queues, and the number of shards of a database never changes. With four,
 * runs do not all wait for each other's commits, and one process on a few cores has few queues to poll. A SQLite file
 * has one writer, so more shards gain nothing.
 */
const HISTORY_SHARDS: Record<TemporalStore, number> = { sqlite: 1, postgres: 4 }
/** Connections to each database, together well below PostgreSQL's limit of 100. */
const MAX_CONNECTIONS: Record<SchemaName, number> = { temporal: 20, visibility: 10 }

/**
 * The settings file of the server, in the format of the official release. Only the server itself uses the addresses
 * of its services.
 */
export function serverSettings(layout: Layout, store: TemporalStore, dynamicSettingsFile: string): object {
  const { ports } = layout
  const frontend = `127.0.0.1:${ports.temporal}`
  const service = (grpcPort: number, membershipPort: number, more: object = {}): object => ({
    rpc: { grpcPort, membershipPort, bindOnIP: '127.0.0.1', ...more },
  })
  const off = { state: 'disabled' }
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: HISTORY_SHARDS[store],
      defaultStore: 'temporal',
      visibilityStore: 'visibility',
      datastores: {
        temporal: { sql: databaseOf(layout, store, 'temporal') },
        visibility: { sql: databaseOf(layout, store, 'visibility') },
      },
    },
    global: {
      membership: { broadcastAddress: '127.0.0.1' },
      metrics: { prometheus: { listenAddress: `127.0.0.1:${ports.temporalMetrics}` } },
    },
    services: {
      frontend: service(ports.temporal, ports.temporalMembership, { httpPort: ports.temporalHttp }),
      history: service(ports.temporalHistory, ports.temporalHistoryMembership),
      matching: service(ports.temporalMatching, ports.temporalMatchingMembership),
      worker: service(ports.temporalWorker, ports.temporalWorkerMembership),
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

const databaseOf = (layout: Layout, store: TemporalStore, schema: SchemaName): object =>
  store === 'sqlite' ? sqliteDatabase(layout) : postgresDatabase(layout, schema)

/** With a write-ahead log, which survives a kill at any moment and is two to three times as fast. */
function sqliteDatabase(layout: Layout): object {
  return {
    pluginName: 'sqlite',
    databaseName: databaseFile(layout),
    // Required although a file has no address.
    connectAddr: 'localhost',
    connectProtocol: 'tcp',
    connectAttributes: { mode: 'rwc', setup: 'true', journal_mode: 'wal', synchronous: 'normal' },
  }
}

function postgresDatabase(layout: Layout, schema: SchemaName): object {
  const { host, port, user } = serverOf(layout)
  return {
    pluginName: PLUGIN,
    databaseName: databases[schema],
    connectAddr: `${host}:${port}`,
    connectProtocol: 'tcp',
    user,
    password: postgresPassword(layout),
    maxConns: MAX_CONNECTIONS[schema],
    maxIdleConns: MAX_CONNECTIONS[schema],
    maxConnLifetime: '1h',
  }
}

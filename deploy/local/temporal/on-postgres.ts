import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import { ensureBinary } from '../programs/binaries.ts'
import type { Report } from '../progress.ts'
import { postgres, postgresPassword, query, serverOf } from './postgres.ts'
import { RETENTION_H } from './server.ts'
import { databases, dynamicSettings, PLUGIN, type SchemaName, serverSettings } from './settings.ts'

const run = promisify(execFile)

/**
 * The regular Temporal server, all its services in one process, and its PostgreSQL, in the order of their start:
 * what people run in production, in small. There is no Web UI.
 */
export async function temporalOnPostgres(layout: Layout, report: Report): Promise<Component[]> {
  const { ports, stateDir } = layout
  const binary = await ensureBinary('temporal-server', report)
  const folder = join(stateDir, 'temporal')
  const server = new Component(
    {
      name: 'temporal',
      binary,
      args: ['serve', folder],
      ports: [
        ...[ports.temporal, ports.temporalHttp, ports.temporalMetrics],
        ...[ports.temporalHistory, ports.temporalMatching, ports.temporalWorker],
      ],
      async prepare() {
        await ensureSchema(layout, binary, 'temporal')
        await ensureSchema(layout, binary, 'visibility')
        writeSettings(layout, folder)
      },
      ready: () => namespaceIsUsable(localUrl(ports.temporalHttp)),
    },
    stateDir,
  )
  return [await postgres(layout, report), server]
}

/** Makes a database and its tables, or brings them up to date. One that was not finished is made anew. */
async function ensureSchema(layout: Layout, binary: string, schema: SchemaName): Promise<void> {
  const database = databases[schema]
  const { host, port, user } = serverOf(layout)
  const where = ['--endpoint', host, '--port', String(port), '--user', user]
  const what = ['--plugin', PLUGIN, '--database', database]
  const env = { ...process.env, SQL_PASSWORD: postgresPassword(layout) }
  const tool = (...args: string[]): Promise<unknown> =>
    run(binary, ['schema', ...where, ...what, ...args], { env })
  const mark = `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '${database}'`
  const isFinished = (await query(layout, mark)) === 'finished'
  if (!isFinished) {
    await query(layout, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await tool('create-database')
    await tool('setup-schema', '--version', '0.0')
  }
  await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`)
  if (!isFinished) await query(layout, `COMMENT ON DATABASE ${database} IS 'finished'`)
}

function writeSettings(layout: Layout, folder: string): void {
  const dynamic = join(folder, 'dynamic.yaml')
  const settings = serverSettings(layout, dynamic)
  mkdirSync(folder, { recursive: true })
  // YAML takes JSON as it is. It holds the password.
  writeFileSync(join(folder, 'local.yaml'), JSON.stringify(settings, null, 2), { mode: 0o600 })
  writeFileSync(dynamic, JSON.stringify(dynamicSettings, null, 2))
}

const ALREADY_EXISTS = 409

/** The regular server makes no namespace by itself; and one that was made is found only a little later. */
async function namespaceIsUsable(url: string): Promise<boolean> {
  const namespaces = `${url}/api/v1/namespaces`
  const made = await fetch(namespaces, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      namespace: 'default',
      workflowExecutionRetentionPeriod: `${RETENTION_H * 3_600}s`,
    }),
  })
  if (!made.ok && made.status !== ALREADY_EXISTS) return false
  return (await fetch(`${namespaces}/default/workflow-count`)).ok
}

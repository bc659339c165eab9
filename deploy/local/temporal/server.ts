import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import { type EnsureOptions, ensurePrograms } from '../programs/ensure-programs.ts'
import type { TemporalCli } from '../programs/installed/temporal-cli.ts'
import { type Program, temporalPrograms } from '../programs/program.ts'
import { devServer } from './dev-server.ts'
import { dynamicSettings } from './dynamic-config.ts'
import { isNamespaceUsable } from './namespace.ts'
import { postgres } from './postgres.ts'
import { ensureSchema } from './postgres-schema.ts'
import { serverSettings, type TemporalStore } from './settings.ts'
import { dropUnfinished, markFinished } from './sqlite.ts'
import { webUi } from './web-ui.ts'

export interface TemporalOptions extends EnsureOptions {
  store: TemporalStore
  /** Temporal's command line, if it serves as server and Web UI on SQLite. */
  cli?: TemporalCli | undefined
}

/**
 * A Temporal server, all its services in one process, and its Web UI, in the order of their start. Its store is a
 * setting: a SQLite file, or a PostgreSQL that is started too, as in production.
 */
export async function temporalComponents(
  layout: Layout,
  { store, cli, ...options }: TemporalOptions,
): Promise<Component[]> {
  if (cli) return [devServer(layout, cli)]
  const programs = await ensurePrograms(temporalPrograms, options)
  const server = temporalServer(layout, store, {
    server: programs['temporal-server'],
    sqlTool: programs['temporal-sql-tool'],
  })
  return [
    ...(store === 'postgres' ? [await postgres(layout, options)] : []),
    server,
    webUi(layout, programs['temporal-ui-server']),
  ]
}

/** The official server reads each as a flag, and refuses some of them beside a settings file. */
const withoutSettings = Object.fromEntries(
  ['ROOT', 'CONFIG_DIR', 'CONFIG_FILE', 'ENVIRONMENT', 'AVAILABILITY_ZONE', 'SERVICES', 'ALLOW_NO_AUTH'].map(
    (name) => [`TEMPORAL_${name}`, undefined],
  ),
)

function temporalServer(
  layout: Layout,
  store: TemporalStore,
  programs: { server: Program; sqlTool: Program },
): Component {
  const { ports, stateDir } = layout
  const folder = join(stateDir, 'temporal')
  const file = join(folder, 'server.yaml')
  return new Component(
    {
      name: 'temporal',
      ...programs.server,
      args: ['--config-file', file, '--allow-no-auth', 'start'],
      env: withoutSettings,
      ports: [
        ...[ports.temporal, ports.temporalHttp, ports.temporalMetrics],
        ...[ports.temporalHistory, ports.temporalMatching, ports.temporalWorker],
      ],
      async prepare() {
        if (store === 'postgres') {
          await ensureSchema(layout, programs.sqlTool, 'temporal')
          await ensureSchema(layout, programs.sqlTool, 'visibility')
        } else {
          dropUnfinished(layout)
        }
        writeSettings(layout, store, folder, file)
      },
      async ready() {
        if (!(await isNamespaceUsable(localUrl(ports.temporalHttp)))) return false
        if (store === 'sqlite') markFinished(layout)
        return true
      },
    },
    stateDir,
  )
}

function writeSettings(layout: Layout, store: TemporalStore, folder: string, file: string): void {
  const dynamic = join(folder, 'dynamic.yaml')
  mkdirSync(folder, { recursive: true })
  // JSON is valid YAML. The file holds the password of the database.
  writeFileSync(file, JSON.stringify(serverSettings(layout, store, dynamic), null, 2), { mode: 0o600 })
  writeFileSync(dynamic, JSON.stringify(dynamicSettings, null, 2))
}

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Layout } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { AptOptions } from '../programs/packages/apt.ts'
import { canInstall, installPackages } from '../programs/packages/install-packages.ts'
import { asOwnUser, clearAfterCrash, ensureData, POSTGRES_USER, postgresPaths } from './postgres-data.ts'

const run = promisify(execFile)

/**
 * Debian's PostgreSQL with its own data, on loopback. It is as durable as in production, because benchmarks use it: a
 * commit is on disk before it is acknowledged. SIGINT disconnects its clients; SIGTERM would wait for them.
 */
export async function postgres(layout: Layout, options: AptOptions): Promise<Component> {
  await ensurePostgres(options)
  const { host, port } = serverOf(layout)
  const settings = {
    listen_addresses: host,
    port,
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return new Component(
    {
      name: 'postgres',
      ...asOwnUser(postgresPaths(layout).data, program('postgres'), args),
      ports: [port],
      stopSignal: 'SIGINT',
      async prepare() {
        await clearAfterCrash(layout)
        ensureData(layout, program('initdb'))
      },
      ready: async () => (await query(layout, 'SELECT 1')) === '1',
    },
    layout.stateDir,
  )
}

/** The server's address and superuser. The password is created with the data. */
export const serverOf = ({ ports }: Layout): { host: string; port: number; user: string } => ({
  host: '127.0.0.1',
  port: ports.postgres,
  user: POSTGRES_USER,
})

export const postgresPassword = (layout: Layout): string =>
  readFileSync(postgresPaths(layout).password, 'utf8')

/** The result of one statement, as psql prints it without decoration. */
export async function query(layout: Layout, statement: string): Promise<string> {
  const { host, port, user } = serverOf(layout)
  const server = ['--host', host, '--port', String(port), '--username', user, '--dbname', 'postgres']
  const plain = ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only']
  const { stdout } = await run(program('psql'), [...server, ...plain, '--command', statement], {
    env: { ...process.env, PGPASSWORD: postgresPassword(layout), PGCONNECT_TIMEOUT: '3' },
  })
  return stdout.trim()
}

/** Installs a server if there is none. */
export async function ensurePostgres(options: AptOptions): Promise<void> {
  if (!newestServer()) await installPackages(['postgresql'], options)
}

/** Whether a server exists or can be installed. */
export const canHavePostgres = (): boolean => newestServer() !== undefined || canInstall()

const VERSIONS = '/usr/lib/postgresql'

function program(name: string): string {
  const programs = newestServer()
  if (!programs) throw new Error(`No PostgreSQL server is installed below ${VERSIONS}`)
  return join(programs, name)
}

/** Folder of the programs of the newest version with a server. The client alone makes folders too. */
function newestServer(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : []
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((programs) => existsSync(join(programs, 'initdb')))
}

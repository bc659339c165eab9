import type { Layout } from '../layout.ts'
import type { Program } from '../programs/program.ts'
import { runProgram } from '../programs/run-program.ts'
import { postgresPassword, query, serverOf } from './postgres.ts'
import { databases, PLUGIN, type SchemaName } from './settings.ts'

/** Creates a database and its tables, or updates them. An incomplete one is created again. */
export async function ensureSchema(layout: Layout, sqlTool: Program, schema: SchemaName): Promise<void> {
  const database = databases[schema]
  const { host, port, user } = serverOf(layout)
  const where = ['--endpoint', host, '--port', String(port), '--user', user]
  const what = ['--plugin', PLUGIN, '--database', database]
  const env = { ...process.env, SQL_PASSWORD: postgresPassword(layout) }
  const tool = (...args: string[]): Promise<void> => runProgram(sqlTool, [...where, ...what, ...args], env)
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

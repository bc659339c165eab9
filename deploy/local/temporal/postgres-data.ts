import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { Layout } from '../layout.ts'
import { killAll, pidsWhere } from '../processes/kill.ts'

/** The superuser of the server; and the user of the machine, made by Debian's package, who runs it under root. */
export const POSTGRES_USER = 'postgres'

export const postgresPaths = ({ stateDir }: Layout): { data: string; password: string } => ({
  data: join(stateDir, 'postgres'),
  password: join(stateDir, 'postgres-password'),
})

/** Makes the data folder, whole or not at all: a start that is cut off leaves nothing that looks like data. */
export function ensureData(layout: Layout, initdb: string): void {
  const { data, password } = postgresPaths(layout)
  if (existsSync(data)) return
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (isRoot()) execFileSync('chown', [POSTGRES_USER, unfinished, password])
  const { binary, args } = asOwnUser(unfinished, initdb, [
    ...['--username', POSTGRES_USER, '--auth', 'scram-sha-256', '--pwfile', '/dev/stdin'],
    ...['--encoding', 'UTF8', '--locale', 'C'],
  ])
  const input = openSync(password, 'r')
  try {
    execFileSync(binary, args, { stdio: [input, 'ignore', 'pipe'] })
  } finally {
    closeSync(input)
  }
  renameSync(unfinished, data)
}

/**
 * A program of PostgreSQL on a data folder. It refuses root, and the user that it runs as instead may not pass
 * through the folders above (root's home, for one): so it gets its folder open, as file 3, and starts at /.
 */
export function asOwnUser(data: string, program: string, args: string[]): { binary: string; args: string[] } {
  const script = 'cd / && exec 3<"$0" && exec "$@" -D /proc/self/fd/3'
  const user = [`--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, '--init-groups']
  const become = isRoot() ? ['setpriv', ...user] : []
  return { binary: '/bin/sh', args: ['-c', script, data, ...become, program, ...args] }
}

const isRoot = (): boolean => process.getuid?.() === 0

/**
 * Ends what is left of a server whose main process was killed: its children notice by themselves, but not at
 * once. Then its lock counts for nothing, which it would as long as a process has the number that stands in it,
 * be it another's, or its own that nobody has reaped.
 */
export async function clearAfterCrash(layout: Layout): Promise<void> {
  const { data } = postgresPaths(layout)
  await killAll(() => processesIn(data))
  if (processesIn(data).length === 0) rmSync(join(data, 'postmaster.pid'), { force: true })
}

/** All processes of a server have its data as their working folder. */
function processesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  const real = realpathSync(folder)
  return pidsWhere((pid) => {
    const isServer = basename(readlinkSync(`/proc/${pid}/exe`)) === 'postgres'
    return isServer && readlinkSync(`/proc/${pid}/cwd`) === real
  })
}

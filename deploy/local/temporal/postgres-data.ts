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

/** The superuser of the server, and the system user of Debian's package, who runs it if we are root. */
export const POSTGRES_USER = 'postgres'

export const postgresPaths = ({ stateDir }: Layout): { data: string; password: string } => ({
  data: join(stateDir, 'postgres'),
  password: join(stateDir, 'postgres-password'),
})

/** Creates the data folder atomically: an interrupted start leaves nothing that looks like data. */
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
 * Runs a PostgreSQL program on a data folder. It refuses to run as root, and its own user may not be able to enter
 * the parent folders (root's home, for example). So it gets its folder as open file 3 and starts in /.
 */
export function asOwnUser(data: string, program: string, args: string[]): { binary: string; args: string[] } {
  const script = 'cd / && exec 3<"$0" && exec "$@" -D /proc/self/fd/3'
  const user = [`--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, '--init-groups']
  const become = isRoot() ? ['setpriv', ...user] : []
  return { binary: '/bin/sh', args: ['-c', script, data, ...become, program, ...args] }
}

const isRoot = (): boolean => process.getuid?.() === 0

/**
 * Kills the children of a server whose main process was killed: they end by themselves, but not at once. Then removes
 * its lock file, which would be valid as long as any process has the pid in it, even another program or a zombie.
 */
export async function clearAfterCrash(layout: Layout): Promise<void> {
  const { data } = postgresPaths(layout)
  await killAll(() => processesIn(data))
  if (processesIn(data).length === 0) rmSync(join(data, 'postmaster.pid'), { force: true })
}

/** All processes of a server have its data folder as their working directory. */
function processesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  const real = realpathSync(folder)
  return pidsWhere((pid) => {
    const isServer = basename(readlinkSync(`/proc/${pid}/exe`)) === 'postgres'
    return isServer && readlinkSync(`/proc/${pid}/cwd`) === real
  })
}

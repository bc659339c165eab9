import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { cacheHome } from '../layout.ts'
import { nearestExisting } from './disk-space.ts'

interface WrittenFolder {
  what: string
  folder: string
  /** The variable that sets another folder. */
  variable: string
}

/** State and cache must be writable, and programs in the cache must be executable. */
export function folderFaults({ stateDir }: { stateDir: string }): string[] {
  const programs = join(cacheHome(), 'bin')
  const folders: WrittenFolder[] = [
    { what: 'State', folder: stateDir, variable: 'XDG_STATE_HOME' },
    { what: 'Programs', folder: programs, variable: 'XDG_CACHE_HOME' },
  ]
  return [...folders.flatMap(unwritable), ...noExecution(programs)]
}

function unwritable({ what, folder, variable }: WrittenFolder): string[] {
  const existing = nearestExisting(folder)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
    return []
  } catch {
    return [
      `${what} would be stored in ${folder}, but this user cannot write to ${existing}: change its owner ` +
        `(root, if an earlier start ran as root), or set another folder with ${variable}=FOLDER`,
    ]
  }
}

function noExecution(folder: string): string[] {
  if (!existsSync('/proc/self/mountinfo')) return []
  const mount = mountOf(realpathSync(nearestExisting(folder)), readFileSync('/proc/self/mountinfo', 'utf8'))
  if (!mount?.options.includes('noexec')) return []
  return [
    `Programs would be stored in ${folder}, but ${mount.path} is mounted with noexec, so none could run: set another ` +
      'folder with XDG_CACHE_HOME=FOLDER',
  ]
}

/** The mount of a path: the deepest one above it, and the last of several at the same depth. */
export function mountOf(path: string, mountinfo: string): { path: string; options: string[] } | undefined {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, , , , at = '', options = '']) => ({
      path: at.replaceAll('\\040', ' '),
      options: options.split(','),
    }))
    .filter(
      (mount) => mount.path !== '' && `${path}/`.startsWith(mount.path === '/' ? '/' : `${mount.path}/`),
    )
    .reduce<{ path: string; options: string[] } | undefined>(
      (deepest, mount) => (mount.path.length >= (deepest?.path.length ?? 0) ? mount : deepest),
      undefined,
    )
}

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { withSystemPath } from '../../environment/system-path.ts'

/** Innermost first. Lazily, because a busy mount must not block the next start. */
export function unmountBelow(folders: string[]): void {
  for (const path of mountsBelow(folders)) {
    try {
      execFileSync('umount', ['--lazy', path], { stdio: 'ignore', env: withSystemPath(process.env) })
    } catch {
      // Already unmounted with its parent.
    }
  }
}

/** Mount points below the folders, innermost first, links resolved. */
export function mountsBelow(folders: string[]): string[] {
  const real = folders.flatMap((folder) => (existsSync(folder) ? [realpathSync(folder)] : []))
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4]?.replaceAll('\\040', ' ') ?? '')
    .filter((path) => real.some((folder) => path.startsWith(`${folder}/`)))
    .reverse()
}

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { withSystemPath } from '../environment/system-path.ts'

/** Innermost first; lazily, since a mount that is busy must not keep the next start from working. */
export function unmountBelow(folders: string[]): void {
  for (const path of mountsBelow(folders)) {
    try {
      execFileSync('umount', ['--lazy', path], { stdio: 'ignore', env: withSystemPath(process.env) })
    } catch {
      // Gone with the one it was in.
    }
  }
}

/** Mount points under the folders, innermost first, whatever links lead there. */
export function mountsBelow(folders: string[]): string[] {
  const real = folders.flatMap((folder) => (existsSync(folder) ? [realpathSync(folder)] : []))
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4]?.replaceAll('\\040', ' ') ?? '')
    .filter((path) => real.some((folder) => path.startsWith(`${folder}/`)))
    .reverse()
}

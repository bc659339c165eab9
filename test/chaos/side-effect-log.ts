import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A record of what really ran, written by the containers themselves: each appends one line when it starts, to a file on
 * the cluster node, which is this machine. Neither a watch nor the API server is between the container and its line.
 */
export interface SideEffectLog {
  /** On the cluster node. */
  folder: string
}

export interface Line {
  /** The pod's hostname: its name, which begins with that of its Job. */
  pod: string
  step: string
}

/** Where the folder is mounted in containers. */
export const LOG_MOUNT = '/side-effects'

/** For a container's shell. A short append is atomic, so lines of several containers do not mix. */
export const recordStep = (step: string): string => `echo "$(hostname) ${step}" >>${LOG_MOUNT}/lines`

export function openSideEffectLog(stateDir: string, namespace: string): SideEffectLog {
  const folder = join(stateDir, 'side-effects', namespace)
  mkdirSync(folder, { recursive: true })
  return { folder }
}

export function readSideEffects({ folder }: SideEffectLog): Line[] {
  return textOf(join(folder, 'lines'))
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [pod = '', step = ''] = line.split(' ')
      return { pod, step }
    })
}

/** `<job>-<5 letters and digits>` → the Job. */
export const jobOf = ({ pod }: Line): string => pod.replace(/-[a-z0-9]{5}$/, '')

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // No container has started yet.
    return ''
  }
}

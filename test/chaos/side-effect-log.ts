import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What really ran, told from inside the containers: each appends one line when it begins, to a file of the cluster
 * node, which is this machine. No watch, no API server and no log stands between the container and its line.
 */
export interface Line {
  /** The pod's hostname: its name, which begins with that of its Job. */
  pod: string
  step: string
}

/** Where the folder is inside of containers. */
export const LEDGER_MOUNT = '/ledger'

/** For a container's shell. Short lines appended at once are whole, whoever else appends. */
export const noteOf = (step: string): string => `echo "$(hostname) ${step}" >>${LEDGER_MOUNT}/lines`

export function ledgerFolder(stateDir: string, namespace: string): string {
  const folder = join(stateDir, 'ledger', namespace)
  mkdirSync(folder, { recursive: true })
  return folder
}

export function readLedger(folder: string): Line[] {
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
    // Nothing has run yet.
    return ''
  }
}

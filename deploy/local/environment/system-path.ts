import { delimiter } from 'node:path'

/**
 * Where distributions install the commands that are called here. After a plain `su`, root's PATH has none of the sbin
 * folders.
 */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The user's PATH first, then the system folders that it lacks. */
export const systemPath: string = extended(process.env.PATH)

/** An environment in which `ip`, `iptables`, `mount` and similar commands are found by name. */
export const withSystemPath = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...env,
  PATH: extended(env.PATH),
})

/** Drops empty entries, which would mean the current folder. */
function extended(path = ''): string {
  const folders = new Set([...path.split(delimiter), ...SYSTEM_FOLDERS])
  return [...folders].filter(Boolean).join(delimiter)
}

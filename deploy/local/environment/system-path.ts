import { delimiter } from 'node:path'

/** Where distributions keep the commands that are called here. The PATH of a plain `su` has none of those for root. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The user's PATH, whose folders come first, and after it those of the system that it lacks. */
export const systemPath: string = extended(process.env.PATH)

/** An environment in which `ip`, `iptables`, `mount` and the like are found by their names. */
export const withSystemPath = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...env,
  PATH: extended(env.PATH),
})

/** Without empty entries, which would mean the current folder. */
function extended(path = ''): string {
  const folders = new Set([...path.split(delimiter), ...SYSTEM_FOLDERS])
  return [...folders].filter(Boolean).join(delimiter)
}

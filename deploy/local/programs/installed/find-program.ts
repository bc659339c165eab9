import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { withSystemPath } from '../../environment/system-path.ts'

/** The PATH for finding a program by name, including the folders of the system. */
export const searchPath = (env: NodeJS.ProcessEnv = process.env): string => withSystemPath(env).PATH ?? ''

/** Path of the first executable file of this name. */
export const findProgram = (name: string, path = searchPath()): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(canRun)

export function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

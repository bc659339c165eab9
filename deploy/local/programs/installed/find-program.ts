import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { withSystemPath } from '../../environment/system-path.ts'

/** Where a program would be found by its name, the folders of the system included, as PATH is now. */
export const searchPath = (env: NodeJS.ProcessEnv = process.env): string => withSystemPath(env).PATH ?? ''

/** Path of the first file of this name that can be run. */
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

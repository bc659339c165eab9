import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Whether both are one folder, whatever links lead there. */
export const isSameFolder = (one: string, other: string): boolean => real(one) === real(other)

const real = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : resolve(folder))

/** How a stack with that state folder is stopped from a shell where another folder would be taken. */
export const stopWith = (stateDir: string): string =>
  /^millrace(-\d+)?$/.test(basename(stateDir))
    ? `\`XDG_STATE_HOME=${dirname(stateDir)} npm run stop\` ends it. `
    : ''

/** The way to have another stack where one number is in use. */
export const beside = (index: number): string =>
  `\`MILLRACE_STACK=${index + 1} npm start\` is another one beside it`

import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Whether both paths lead to the same folder, links resolved. */
export const isSameFolder = (one: string, other: string): boolean => real(one) === real(other)

const real = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : resolve(folder))

/** How to stop the stack of that state folder from a shell with another default. */
export const stopWith = (stateDir: string): string =>
  /^millrace(-\d+)?$/.test(basename(stateDir))
    ? `\`XDG_STATE_HOME=${dirname(stateDir)} npm run stop\` stops it. `
    : ''

/** How to start another stack when a number is in use. */
export const beside = (index: number): string =>
  `\`MILLRACE_STACK=${index + 1} npm start\` starts another one beside it`

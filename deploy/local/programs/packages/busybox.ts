import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { cacheHome } from '../../layout.ts'
import { reportStep } from '../../report.ts'
import { canRun, searchPath } from '../installed/find-program.ts'
import type { AptOptions } from './apt.ts'
import { isStaticProgram } from './elf.ts'
import { withUnpacked } from './install-packages.ts'

const PACKAGE = 'busybox-static'

/** Folder of the busybox that was extracted from Debian's package. */
export const keptBusybox = (): string => join(cacheHome(), 'busybox')
const kept = (): string => join(keptBusybox(), 'busybox')

/**
 * Path of a statically linked busybox. Most Debian machines have a dynamic one, whose package conflicts with that of
 * the static one. So the static one is extracted from its package without installing it.
 */
export async function ensureBusybox(options: AptOptions, searched = searchPath()): Promise<string> {
  return (
    findBusybox(searched) ??
    (await reportStep(options.report, `Extracting a static busybox from Debian's package ${PACKAGE}`, () =>
      withUnpacked(PACKAGE, options, keep),
    ))
  )
}

/** On PATH or extracted by an earlier start. undefined if neither has a static one. */
export const findBusybox = (path = searchPath()): string | undefined =>
  [...path.split(delimiter).map((folder) => join(folder, 'busybox')), kept()].find(isStaticBusybox)

function keep(unpacked: string): string {
  // /usr/bin since Debian 13.
  const found = ['bin', 'usr/bin'].map((folder) => join(unpacked, folder, 'busybox')).find(isStaticBusybox)
  if (!found) throw new Error(`Debian's package ${PACKAGE} contains no static busybox`)
  const path = kept()
  mkdirSync(keptBusybox(), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  cpSync(found, unfinished, { dereference: true })
  renameSync(unfinished, path)
  return path
}

const isStaticBusybox = (path: string): boolean =>
  existsSync(path) && canRun(path) && isStaticProgram(readFileSync(path))

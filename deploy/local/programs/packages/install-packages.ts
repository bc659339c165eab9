import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheHome } from '../../layout.ts'
import { reportStep } from '../../report.ts'
import { findProgram } from '../installed/find-program.ts'
import { requirePresent } from '../require-present.ts'
import { type AptOptions, type AptResult, aptDownload, aptInstall } from './apt.ts'
import { complaints, listsAreOld } from './apt-output.ts'

const run = promisify(execFile)

/** Whether apt can be used: as root, on Debian or a derivative. */
export const canInstall = (): boolean => process.getuid?.() === 0 && findProgram('apt-get') !== undefined

/** Installs the packages whose file does not exist. */
export async function ensurePackages(packages: Record<string, string>, options: AptOptions): Promise<void> {
  const missing = Object.entries(packages).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length > 0) await installPackages(missing, options)
}

/** Installs with apt if possible, otherwise says what to do. It removes and changes no existing package. */
export async function installPackages(missing: readonly string[], options: AptOptions): Promise<void> {
  requirePresent(missing)
  const names = missing.join(' ')
  if (!canInstall()) throw new Error(cannotInstall(names))
  const install = ['install', '-y', '-q', '--no-remove', '--no-install-recommends', ...KEEP_SETTINGS]
  const download = (): Promise<AptResult> => aptDownload([...install, '--download-only', ...missing], options)
  await reportStep(options.report, `Installing Debian packages: ${names}`, async () => {
    requireSuccess(`install ${names}`, await withFreshLists(download, options))
    requireSuccess(`install ${names}`, await aptInstall([...install, ...missing], options))
  })
}

/** Existing files under /etc stay as they are, whether a package or a user wrote them. */
const KEEP_SETTINGS = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold']

/**
 * Unpacks a package into a temporary folder and calls `use` with it. The package is not installed, so conflicts with
 * other packages do not matter.
 */
export async function withUnpacked<T>(
  name: string,
  options: AptOptions,
  use: (folder: string) => T,
): Promise<T> {
  requirePresent([name])
  if (!findProgram('apt-get')) throw new Error(cannotInstall(name))
  mkdirSync(cacheHome(), { recursive: true })
  const cwd = mkdtempSync(join(cacheHome(), `unpacked-${process.pid}-`))
  try {
    const download = (): Promise<AptResult> => aptDownload(['download', '-q', name], { ...options, cwd })
    requireSuccess(`download ${name}`, await withFreshLists(download, options))
    const archive = readdirSync(cwd).find((file) => file.endsWith('.deb'))
    if (!archive) throw new Error(`apt-get download ${name} brought no file`)
    await run('dpkg-deb', ['-x', join(cwd, archive), join(cwd, 'root')])
    return use(join(cwd, 'root'))
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** Updates missing or old package lists once. */
async function withFreshLists(download: () => Promise<AptResult>, options: AptOptions): Promise<AptResult> {
  const result = await download()
  if (result.code === 0 || !listsAreOld(result.output)) return result
  // It fails if any of the machine's sources is unreachable, even one that is not needed. The next try shows
  // whether that matters.
  await aptDownload(['update', '-q'], options)
  return download()
}

const cannotInstall = (names: string): string =>
  `Missing: ${names}. Packages are installed automatically only as root on Debian and its derivatives: install what is ` +
  "missing with this system's package manager"

function requireSuccess(what: string, { code, output }: AptResult): void {
  if (code === 0) return
  const reason = /remove is disabled/.test(output)
    ? `it would remove installed packages, so nothing was changed. \`apt-get -s ${what}\` lists them`
    : complaints(output)
  throw new Error(`apt-get ${what} failed: ${reason}`)
}

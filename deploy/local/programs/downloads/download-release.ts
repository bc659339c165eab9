import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Report } from '../../report.ts'
import { downloadedPath, programsFolder } from '../cached-programs.ts'
import type { ProgramName } from '../program.ts'
import { type Architecture, nameOf, type Release } from '../releases.ts'
import { requireChecksum } from './checksum.ts'
import type { Checksum } from './checksums.ts'
import { download, type Limits } from './download.ts'
import type { GetOptions } from './http-get.ts'
import { unpack } from './unpack.ts'

export interface ReleaseOptions extends GetOptions {
  report: Report
  architecture: Architecture
  /** Where the file is that has this address at its own host. */
  urlOf(address: string): string
  /** By address. */
  checksums: Record<string, Checksum>
  limits: Limits
}

/** Begins the name of a folder of unfinished work; the process that it belongs to comes after. */
const WORK = '.download-'

/**
 * Downloads programs of a release into the cache. Each gets there by a rename, when the checksum is known to be right:
 * what goes wrong before leaves nothing there, and two at once end in one file. What it throws is for people.
 */
export async function downloadRelease(
  release: Release,
  names: readonly ProgramName[],
  options: ReleaseOptions,
): Promise<void> {
  const missing = names.filter((name) => !existsSync(downloadedPath(release, name)))
  const files = Map.groupBy(missing, (name) => release.where(name, options.architecture).address)
  await mkdir(programsFolder(), { recursive: true })
  await removeAbandoned()
  for (const [address, inFile] of files) {
    const work = await mkdtemp(join(programsFolder(), `${WORK}${process.pid}-`))
    try {
      await downloadFile(release, address, inFile, work, options)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }
}

async function downloadFile(
  release: Release,
  address: string,
  names: ProgramName[],
  work: string,
  options: ReleaseOptions,
): Promise<void> {
  const what = names.length === 1 ? `${names[0]} ${release.version}` : nameOf(release)
  const file = join(work, basename(address))
  await download(options.urlOf(address), file, { ...options, what })
  await requireChecksum(file, address, options.checksums[address], options)
  const members = names.flatMap((name) => release.where(name, options.architecture).member ?? [])
  if (members.length > 0) await unpack(file, members, work, options.signal)
  for (const name of names) {
    const { member } = release.where(name, options.architecture)
    const program = member ? join(work, member) : file
    await chmod(program, 0o755)
    await rename(program, downloadedPath(release, name))
  }
}

/** What processes left that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(programsFolder())) {
    if (!name.startsWith(WORK)) continue
    const pid = name.slice(WORK.length).split('-')[0]
    if (!existsSync(`/proc/${pid}`)) await rm(join(programsFolder(), name), { recursive: true, force: true })
  }
}

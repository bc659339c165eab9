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
  /** The URL of the file with this address. */
  urlOf(address: string): string
  /** By address. */
  checksums: Record<string, Checksum>
  limits: Limits
}

/** Prefix of folders of unfinished downloads, followed by the pid of their process. */
const WORK = '.download-'

/**
 * Downloads programs of a release into the cache. Each is renamed into place after its checksum matched, so a failure
 * leaves no program, and two concurrent downloads end in one file. Its errors are for users.
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

/** Removes what killed processes left behind. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(programsFolder())) {
    if (!name.startsWith(WORK)) continue
    const pid = name.slice(WORK.length).split('-')[0]
    if (!existsSync(`/proc/${pid}`)) await rm(join(programsFolder(), name), { recursive: true, force: true })
  }
}

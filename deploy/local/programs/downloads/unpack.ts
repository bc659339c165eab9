import { execFile } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'

const run = promisify(execFile)

/** Extracts these files, and no others, from a .tar.gz into a folder, with their paths. */
export async function unpack(
  archive: string,
  members: string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const args = ['-xzf', archive, '-C', folder, '--no-same-owner', '--', ...members]
  try {
    await run('tar', args, { signal, env: withSystemPath() })
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`${archive} cannot be unpacked: ${(cause as Error).message}`, { cause })
  }
  for (const member of members)
    if (!lstatSync(join(folder, member)).isFile()) throw new Error(`${member} of ${archive} is not a file`)
}

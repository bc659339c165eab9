import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'
import type { Layout } from '../../layout.ts'

const run = promisify(execFile)

/**
 * The kernel refuses overlay on overlay, as when the host is a container. The native snapshotter copies files
 * instead.
 */
export const snapshotterIn = async ({ stateDir }: Layout): Promise<'overlayfs' | 'native'> =>
  (await overlayWorks(join(stateDir, 'containerd', 'probe'))) ? 'overlayfs' : 'native'

async function overlayWorks(probe: string): Promise<boolean> {
  const dirs = ['lower', 'upper', 'work', 'merged'].map((name) => join(probe, name))
  for (const dir of dirs) mkdirSync(dir, { recursive: true })
  const [lower, upper, work, merged] = dirs
  const env = withSystemPath()
  try {
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`
    await run('mount', ['-t', 'overlay', 'overlay', '-o', options, merged ?? ''], { env })
    await run('umount', [merged ?? ''], { env })
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

import { containerdVersion } from '../kubernetes/containerd/containerd-version.ts'
import { findProgram, searchPath } from '../programs/installed/find-program.ts'
import { findBusybox } from '../programs/packages/busybox.ts'
import { missingTools, type Places } from '../programs/packages/container-tools.ts'
import { withoutKubernetes } from './alternatives.ts'

/** Programs for containers that are missing and cannot be installed here, or are too old. */
export async function toolFaults(where?: Places): Promise<string[]> {
  const path = where?.path ?? searchPath()
  // With apt, root installs what is missing. A user who is not root gets the fault that asks for root.
  const lacking = findProgram('apt-get', path) ? [] : missingHere(where)
  const containerd = findProgram('containerd', path)
  return [...(lacking.length > 0 ? [cannotInstall(lacking)] : []), ...(await tooOld(containerd))]
}

const missingHere = (where?: Places): string[] => [
  ...missingTools(where).map(({ tool }) => tool),
  ...(findBusybox(where?.path) ? [] : ['busybox, statically linked']),
]

const cannotInstall = (missing: string[]): string =>
  `These programs are missing: ${missing.join('; ')}. They are installed automatically only on Debian and its derivatives: ` +
  `install them with this system's package manager, or ${withoutKubernetes}`

async function tooOld(containerd: string | undefined): Promise<string[]> {
  if (!containerd) return []
  try {
    await containerdVersion(containerd)
    return []
  } catch (error) {
    return [`${error instanceof Error ? error.message : error}, or ${withoutKubernetes}`]
  }
}

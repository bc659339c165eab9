import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { patience } from '../../slowness.ts'

const run = promisify(execFile)

export interface ContainerdVersion {
  major: number
  minor: number
}

/** The kubelet supports CRI v1 only, which containerd 1.6 introduced. */
export const OLDEST_CONTAINERD: ContainerdVersion = { major: 1, minor: 6 }

export const isAtLeast = (version: ContainerdVersion, wanted: ContainerdVersion): boolean =>
  version.major > wanted.major || (version.major === wanted.major && version.minor >= wanted.minor)

/** Reads the output of `containerd --version`: the path of the project or the name of a package, then the version. */
export function parseContainerdVersion(printed: string): ContainerdVersion | undefined {
  const found = /^containerd \S+ v?(\d+)\.(\d+)/m.exec(printed)
  return found ? { major: Number(found[1]), minor: Number(found[2]) } : undefined
}

/** It answers in milliseconds. This limit is for a hang. */
const ANSWERS_WITHIN_MS = 10_000

/** Throws if containerd is too old or prints no version. */
export async function containerdVersion(containerd: string): Promise<ContainerdVersion> {
  const { stdout } = await run(containerd, ['--version'], { timeout: patience(ANSWERS_WITHIN_MS) })
  const version = parseContainerdVersion(stdout)
  if (!version) throw new Error(`${containerd} --version prints no version: ${stdout.trim()}`)
  if (isAtLeast(version, OLDEST_CONTAINERD)) return version
  const oldest = `${OLDEST_CONTAINERD.major}.${OLDEST_CONTAINERD.minor}`
  throw new Error(
    `${containerd} is version ${version.major}.${version.minor}, and Kubernetes needs ${oldest} or newer: ` +
      'update it, or put a newer one first on PATH',
  )
}

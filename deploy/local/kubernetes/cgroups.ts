import { type Dirent, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'

/** The hierarchies in which a cgroup is made: one on cgroup v2, one per controller on v1, none without cgroups. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT]
  return entriesOf(ROOT)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name))
}

/** The kubelet requires that the parent cgroup of all its pods exists. */
export function ensureCgroup(cgroup: string): void {
  for (const root of hierarchies()) mkdirSync(join(root, cgroup), { recursive: true })
}

/** All processes in the cgroup or below: those of this stack's containers and no others. */
export function processesOf(cgroup: string): number[] {
  const found = new Set<number>()
  for (const root of hierarchies())
    for (const folder of below(join(root, cgroup))) for (const pid of pidsIn(folder)) found.add(pid)
  return [...found]
}

/** Removes the cgroup. One that still has processes stays. */
export function removeCgroup(cgroup: string): void {
  for (const root of hierarchies()) {
    for (const folder of below(join(root, cgroup)).reverse()) {
      try {
        rmdirSync(folder)
      } catch {
        // Still busy. What stays is an empty folder.
      }
    }
  }
}

/** The folder and everything below it. Cgroups of containers that end may disappear during the walk. */
function below(folder: string): string[] {
  const children = entriesOf(folder).filter((entry) => entry.isDirectory())
  return [folder, ...children.flatMap(({ name }) => below(join(folder, name)))]
}

/** Empty if the folder does not exist. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function pidsIn(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

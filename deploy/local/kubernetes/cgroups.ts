import { type Dirent, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'

/** The hierarchies that a cgroup is made in: one on cgroup v2, one per controller on v1, none where there are no cgroups. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT]
  return entriesOf(ROOT)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name))
}

/** The kubelet wants the cgroup that all its pods go under to be there. */
export function ensureCgroup(cgroup: string): void {
  for (const root of hierarchies()) mkdirSync(join(root, cgroup), { recursive: true })
}

/** Everything that runs in the cgroup or below: the processes of this stack's containers, and no others. */
export function processesOf(cgroup: string): number[] {
  const found = new Set<number>()
  for (const root of hierarchies())
    for (const folder of below(join(root, cgroup))) for (const pid of pidsIn(folder)) found.add(pid)
  return [...found]
}

/** Removes the cgroup; one that still has processes stays. */
export function removeCgroup(cgroup: string): void {
  for (const root of hierarchies()) {
    for (const folder of below(join(root, cgroup)).reverse()) {
      try {
        rmdirSync(folder)
      } catch {
        // Busy for a moment longer: an empty folder is all that stays.
      }
    }
  }
}

/** It and all in it; those of containers that end meanwhile vanish under our eyes. */
function below(folder: string): string[] {
  const children = entriesOf(folder).filter((entry) => entry.isDirectory())
  return [folder, ...children.flatMap(({ name }) => below(join(folder, name)))]
}

/** None of a folder that is not there. */
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

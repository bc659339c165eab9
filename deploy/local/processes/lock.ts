import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readProcess, recordProcess } from './component.ts'

/** Keeps two starts of one stack from clearing each other away; a lock whose process is gone counts for nothing. */
export function lock(stateDir: string): () => void {
  const file = join(stateDir, 'start.lock')
  const holder = readProcess(file)
  if (holder)
    throw new Error(`Process ${holder.pid} is starting this stack at the moment: wait for it, or end it`)
  recordProcess(file, process.pid)
  return () => rmSync(file, { force: true })
}

/** The sample manifests of the operators whose formats Millrace takes, byte for byte. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

export interface Samples {
  /** False where the samples are missing: then their tests are skipped. */
  exist: boolean
  read(file: string): string
}

export function samplesOf(operator: string): Samples {
  const folder = join(root, '../shared/manifests', operator)
  const exist = existsSync(folder)
  if (!exist) console.warn(`skipped: the sample manifests are not at ${folder}`)
  return { exist, read: (file) => readFileSync(join(folder, file), 'utf8') }
}

/** What the globalParams in the samples of job-deploy-operator add to every container, and to every Job and pod. */
export const sampleEnv = [
  { name: 'FOO', value: 'bar' },
  { name: 'QUE', value: 'pasa' },
]
export const sampleMarks = {
  labels: { key1: 'value1', key2: 'value2' },
  annotations: { key1: 'value1', key2: 'value2' },
}

/** A copy that sleeps for one second instead of ten or a hundred. */
export const hurried = (text: string): string => text.replace(/sleep 10+s?/g, 'sleep 1')

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { filesOf, workflowsPath } from '../src/temporal/workers/build-id.ts'

/**
 * Histories of real runs, one for each way to end, as `test/histories/record.ts` saved them. If the code decides
 * differently now, every run that is open at its deployment gets stuck.
 */
const folder = join(import.meta.dirname, 'histories')
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))

describe('recorded histories', () => {
  let workflowBundle: WorkflowBundleWithSourceMap
  beforeAll(async () => {
    const logger = new DefaultLogger('ERROR')
    Runtime.install({ logger })
    workflowBundle = await bundleWorkflowCode({
      workflowsPath,
      logger,
    })
  })

  it('are at least five', () => {
    expect(files.length).toBeGreaterThanOrEqual(5)
  })

  it.each(files)('%s replays', async (file) => {
    const history = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).resolves.not.toThrow()
  })

  it('a history with other decisions does not replay', async () => {
    const [file = ''] = files.filter((name) => name.startsWith('jobflow-succeeded'))
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('"name": "runJob"', '"name": "runOther"')
    await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text))).rejects.toThrow(
      /TMPRL1100|ondeterminism/,
    )
  })

  it('the build id covers each of our files in the bundle', () => {
    const encoded =
      /sourceMappingURL=data:application\/json;[^,]*base64,(.+)/.exec(workflowBundle.code)?.[1] ?? ''
    const { sources } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sources: string[] }
    const ours = join(import.meta.dirname, '..')
    const bundled = sources.filter(
      (source) => source.startsWith(ours) && /(?<!node_modules.*)\.ts$/.test(source),
    )
    expect(bundled.sort()).toEqual(filesOf(workflowsPath))
  })

  it('the bundle is small and contains no zod', () => {
    expect(workflowBundle.code.length).toBeLessThan(2_100_000)
    expect(workflowBundle.code).not.toContain('ZodError')
  })
})

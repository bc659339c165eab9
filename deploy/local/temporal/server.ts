import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { searchAttributes } from '../../../workflows/names.ts'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import { ensureBinary } from '../programs/binaries.ts'
import type { Report } from '../progress.ts'

const run = promisify(execFile)
/** Thirty days: the default of one would forget a run before the weekend is over. */
export const RETENTION_H = 720

/**
 * The development server's defaults are slow for reasons that each are a flag: several partitions of a task queue
 * (stalls of 2 s), 20 polls a second of its queues (50 ms on every workflow task), no write-ahead log, and the
 * database asked for the search attributes at every turn, so that new ones are seen at once. Ours it knows from its
 * start.
 */
export const tuning: Record<string, number | boolean> = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  'history.transferProcessorMaxPollRPS': 300,
  'history.timerProcessorMaxPollRPS': 300,
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  'frontend.workerVersioningWorkflowAPIs': true,
}

export async function temporalServer(layout: Layout, report: Report): Promise<Component> {
  const { ports, stateDir } = layout
  const binary = onPath('temporal') ?? (await ensureBinary('temporal', report))
  return new Component(
    {
      name: 'temporal',
      binary,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--log-level', 'warn'],
        ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
        ...['--metrics-port', String(ports.temporalMetrics)],
        ...['--db-filename', join(stateDir, 'temporal.db')],
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
        ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ...Object.entries(tuning).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
      ],
      ports: [ports.temporal, ports.temporalUi],
      async ready() {
        const address = `127.0.0.1:${ports.temporal}`
        const update = [
          'operator',
          'namespace',
          'update',
          '--namespace',
          'default',
          '--retention',
          `${RETENTION_H}h`,
        ]
        await run(binary, [...update, '--address', address, '--command-timeout', '3s'], { timeout: 5_000 })
        return (await fetch(localUrl(ports.temporalUi))).ok
      },
    },
    stateDir,
  )
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

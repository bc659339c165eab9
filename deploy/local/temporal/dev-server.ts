import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { searchAttributes } from '../../../src/model/temporal-names.ts'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { TemporalCli } from '../programs/installed/temporal-cli.ts'
import { patience } from '../slowness.ts'
import { dynamicValues } from './dynamic-config.ts'
import { RETENTION_H } from './namespace.ts'
import { databaseFile, markFinished } from './sqlite.ts'

const run = promisify(execFile)
/** For one try of a command that is repeated until the server is ready. */
const ANSWERS_WITHIN_S = 10

/** The development server of Temporal's command line: server and Web UI in one process, with our dynamic config. */
export function devServer(layout: Layout, cli: TemporalCli): Component {
  const { ports, stateDir } = layout
  const address = `127.0.0.1:${ports.temporal}`
  const retention = [
    'operator',
    'namespace',
    'update',
    '--namespace',
    'default',
    '--retention',
    `${RETENTION_H}h`,
  ]
  return new Component(
    {
      name: 'temporal',
      ...cli,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--log-level', 'warn'],
        ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
        ...['--metrics-port', String(ports.temporalMetrics), '--http-port', String(ports.temporalHttp)],
        ...['--db-filename', databaseFile(layout)],
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
        ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ...Object.entries(dynamicValues).flatMap(([name, value]) => [
          '--dynamic-config-value',
          `${name}=${value}`,
        ]),
      ],
      ports: [ports.temporal, ports.temporalHttp, ports.temporalUi],
      async ready() {
        const limit = ['--command-timeout', `${ANSWERS_WITHIN_S}s`]
        await run(cli.binary, [...retention, '--address', address, ...limit], {
          timeout: patience(2 * ANSWERS_WITHIN_S * 1_000),
        })
        if (!(await fetch(localUrl(ports.temporalUi))).ok) return false
        markFinished(layout)
        return true
      },
    },
    stateDir,
  )
}

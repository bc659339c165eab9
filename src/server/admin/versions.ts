import { parseArgs } from 'node:util'
import { readConfig } from '../../config/config.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import { buildId } from '../../temporal/workers/build-id.ts'
import { lastHeard, type PolledQueue, readPolledQueues } from '../../temporal/workers/polled-queues.ts'
import { readWorkerDeployment, type WorkerDeployment } from '../../temporal/workers/worker-deployment.ts'

const help = `millrace versions: the builds of the workflow code that Temporal knows

  -h, --help   show this help

current    all runs are routed to it
ramping    a percentage of the runs is routed to it, the others to the current build
draining, drained   it was current before; \`millrace promote BUILD\` rolls back to it
inactive   it was never current; its workers wait for \`millrace promote BUILD\`
`

/** Lists the builds, newest first: their status, since when, and whether they have workers. */
export async function versions(args: string[]): Promise<void> {
  const options = { help: { type: 'boolean', short: 'h', default: false } } as const
  const { values } = parseArgs({ args, options })
  if (values.help) return void process.stdout.write(help)
  const config = readConfig()
  const connection = connectTemporal({ address: config.temporal.address })
  const temporal = { connection, namespace: config.temporal.namespace }
  try {
    const [deployment, queues] = await Promise.all([
      readWorkerDeployment(temporal),
      readPolledQueues(temporal),
    ])
    const own = config.build ?? buildId()
    const lines = deployment ? versionTable(deployment, queues, own, Date.now()) : [noWorkerYet(own)]
    process.stdout.write(`${lines.join('\n')}\n`)
  } finally {
    await connection.close()
  }
}

export const noWorkerYet = (own: string): string =>
  `No worker has connected to this Temporal namespace yet: the first one makes its build current. This code is build ${own}.`

/** Lines for a terminal. */
export function versionTable(
  { versions, ramping }: WorkerDeployment,
  queues: PolledQueue[],
  own: string,
  now: number,
): string[] {
  const rows = versions.map(({ build, status, since }) => {
    const heardAt = lastHeard(queues, build)
    return [
      build,
      status === 'ramping' && ramping ? `ramping ${ramping.percentage} %` : status,
      since?.replace(/\.\d+Z$/, 'Z') ?? '',
      heardAt === undefined ? 'none' : `seen ${Math.max(0, Math.round((now - heardAt) / 1000))} s ago`,
      build === own ? 'this code' : '',
    ]
  })
  const table = [['BUILD', 'STATUS', 'SINCE', 'WORKERS', ''], ...rows]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  )
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return versions.some(({ build }) => build === own)
    ? lines
    : [...lines, `This code is build ${own}: no worker of it has connected yet.`]
}

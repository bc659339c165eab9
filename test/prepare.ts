/**
 * Brings what the tests against a real stack need on this machine: programs are downloaded or built and packages
 * installed here, before the first test starts and with no limit of time, and nowhere else. Within a test they are
 * only found (MILLRACE_PROGRAMS in vitest.config.ts), so that a limit there says something about the test.
 */
import { tmpdir } from 'node:os'
import { layoutOf } from '../deploy/local/layout.ts'
import { requireReady } from '../deploy/local/preflight/preflight.ts'
import { ensurePrograms } from '../deploy/local/programs/ensure-programs.ts'
import { targetsToBuild } from '../deploy/local/programs/locate-programs.ts'
import { ensureContainerTools } from '../deploy/local/programs/packages/container-tools.ts'
import { ensurePackages } from '../deploy/local/programs/packages/install-packages.ts'
import { clusterPrograms, simulatorPrograms, temporalPrograms } from '../deploy/local/programs/program.ts'
import { type Report, reportTo } from '../deploy/local/report.ts'
import { canHavePostgres, ensurePostgres } from '../deploy/local/temporal/postgres.ts'

const programs = [...temporalPrograms, ...clusterPrograms, ...simulatorPrograms]

/** Nothing is done twice: where all is there, it takes a moment. */
export async function prepare(options: { report: Report; signal: AbortSignal }): Promise<void> {
  // What this machine lacks is told before anything is installed or built.
  await requireReady({
    layout: layoutOf('test', 0, tmpdir()),
    kubernetes: true,
    temporal: true,
    build: await targetsToBuild(programs, options.signal),
    ports: [],
  })
  await ensureContainerTools(options)
  await ensurePackages({ chromium: '/usr/bin/chromium' }, options)
  if (canHavePostgres()) await ensurePostgres(options)
  await ensurePrograms(programs, options)
}

/** Of vitest, whose own display has the terminal by then: `npm test` prepares before it starts vitest. */
export const setup = (): Promise<void> =>
  prepare({
    report: reportTo({ write: (text) => process.stdout.write(text) }),
    signal: new AbortController().signal,
  })

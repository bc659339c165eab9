/**
 * Prepares this machine for the tests against a real stack. Programs are downloaded or built and packages installed only
 * here, before the first test and without a time limit. Tests only find them (MILLRACE_PROGRAMS in vitest.config.ts), so
 * that their time limits measure only the test.
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

/** Does only what is missing: on a prepared machine it takes a moment. */
export async function prepare(options: { report: Report; signal: AbortSignal }): Promise<void> {
  // Reports what this machine lacks before anything is installed or built.
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

/** The global setup of vitest. `npm test` has already prepared the machine by then. */
export const setup = (): Promise<void> =>
  prepare({
    report: reportTo({ write: (text) => process.stdout.write(text) }),
    signal: new AbortController().signal,
  })

import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { type NamedServices, readNamedServices } from '../../../src/config/config.ts'
import { keepAlive, ShutdownRequested, shutdownSignal } from '../../../src/lib/shutdown-signal.ts'
import { atPortsInUse, localLayout } from '../local-layout.ts'
import { holdStack } from '../ownership/lock.ts'
import { isKept, isOwn, own } from '../ownership/owner.ts'
import { apiUrl } from '../processes/millrace-components.ts'
import { ownId } from '../processes/process-id.ts'
import { RollbackError, withRollback } from '../processes/with-rollback.ts'
import { type Report, reportStep, reportTo } from '../report.ts'
import { startStack, stopStack } from '../stack.ts'
import { addresses } from './addresses.ts'
import { runDemo } from './demo.ts'
import { promoteBuild, startMillrace } from './start-millrace.ts'

const help = `millrace start: everything on this machine, on loopback

  --no-demo         do not run the example
  --detach          return when everything is ready; \`npm run stop\` ends it
  --context NAME    use this context of your kubeconfig instead of a local cluster
                    (MILLRACE_CONTEXT says the same; KUBECONFIG names the file)
  --force           go on with this code, though open runs cannot: they stand still
  -h, --help        this text

TEMPORAL_ADDRESS (and TEMPORAL_UI_URL) name a Temporal to use instead of a local one.
MILLRACE_PORT, MILLRACE_WORKER_PORT and MILLRACE_JOBS_PORT say where API and worker listen.
MILLRACE_STACK=1 … 99 is another stack beside the first, with its own ports and state.
State is kept in \${XDG_STATE_HOME:-~/.local/state}/millrace, binaries in \${XDG_CACHE_HOME:-~/.cache}/millrace.

Ctrl-C, SIGTERM and SIGHUP end what was started, at any moment; the exit code is 0 when all of it was up, and else
130, 143 and 129.
`

const options = {
  demo: { type: 'boolean', default: true },
  detach: { type: 'boolean', default: false },
  context: { type: 'string' },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

interface Wanted {
  services: NamedServices
  demo: boolean
  detach: boolean
  force: boolean
}

/** `npm start`: starts everything, runs the example and prints the addresses. */
export async function start(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, allowNegative: true, options })
  const say = reportTo(process.stdout)
  if (values.help) return say(help)
  const wanted: Wanted = { ...values, services: readNamedServices(values.context) }
  const told = shutdownSignal(() => say('It is ending already: what was started is stopped first'))
  try {
    await keepAlive(startAndStay(wanted, say, told))
  } catch (error) {
    const fault = error instanceof RollbackError ? error.fault : error
    if (fault instanceof ShutdownRequested) process.exitCode = fault.exitCode
    if (error !== told.reason) throw error
  }
}

async function startAndStay(wanted: Wanted, say: Report, told: AbortSignal): Promise<void> {
  const release = await orTold(told, () =>
    holdStack(localLayout(), 'starting', { report: say, signal: told }),
  )
  const layout = atPortsInUse(localLayout(), say)
  // The owner of a running stack stops it. This start only starts what is missing.
  const wasKept = isKept(layout)
  const stop = (): Promise<void> => reportStep(say, 'Stopping', () => stopStack(layout, { report: say }))
  const bringAllUp = async (): Promise<void> => {
    const stack = await startStack({ layout, report: say, signal: told, ...wanted.services })
    await startMillrace(stack, say, told)
    await promoteBuild(stack, { say, force: wanted.force, signal: told })
    if (!wasKept) own(layout, wanted.detach ? 'detached' : ownId())
    // The stack is up. Another start finds it running while the example runs.
    release()
    const run = wanted.demo ? await runDemo(apiUrl(layout), say, told) : undefined
    told.throwIfAborted()
    say(addresses(stack, run?.temporalUrl))
  }
  const undo = async (): Promise<void> => {
    if (!wasKept && isOwn(layout)) await stop()
  }
  try {
    await withRollback(() => orTold(told, bringAllUp), undo)
  } finally {
    release()
  }
  if (wasKept || wanted.detach)
    return say(`\nIt goes on by itself${wasKept ? ', as it did before' : ''}; \`npm run stop\` ends it.`)
  say('\nCtrl-C stops all of it; its state is kept.')
  if (!told.aborted) await once(told, 'abort')
  await stop()
}

/** Work that a signal aborted fails with the signal's reason, whatever error it threw itself. */
async function orTold<T>(told: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    told.throwIfAborted()
    throw error
  }
}

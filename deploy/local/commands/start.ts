import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { keepAlive, ShutdownRequested, shutdownSignal } from '../../../src/lib/shutdown-signal.ts'
import { atPortsInUse, localLayout } from '../local-layout.ts'
import { type NamedServices, readNamedServices } from '../named-settings.ts'
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

const help = `millrace start: starts everything on this machine, on loopback

  --no-demo         do not run the example
  --detach          return when everything is ready; \`npm run stop\` stops it
  --context NAME    use this context of your kubeconfig instead of a local cluster
                    (or set MILLRACE_CONTEXT; KUBECONFIG names the file)
  --force           use this code even if open runs cannot: those runs make no progress
  -h, --help        this text

TEMPORAL_ADDRESS (and TEMPORAL_UI_URL) select a Temporal to use instead of a local one.
MILLRACE_PORT, MILLRACE_WORKER_PORT and MILLRACE_JOBS_PORT set the ports of API and worker.
MILLRACE_STACK=1 … 99 starts another stack beside the first, with its own ports and state.
State is stored in \${XDG_STATE_HOME:-~/.local/state}/millrace, programs in \${XDG_CACHE_HOME:-~/.cache}/millrace.

Ctrl-C, SIGTERM and SIGHUP stop what was started, at any moment. The exit code is 0 if everything was running,
otherwise 130, 143 and 129.
`

const flags = {
  demo: { type: 'boolean', default: true },
  detach: { type: 'boolean', default: false },
  context: { type: 'string' },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

interface StartOptions {
  services: NamedServices
  demo: boolean
  detach: boolean
  force: boolean
}

/** `npm start`: starts everything, runs the example and prints the addresses. */
export async function start(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, allowNegative: true, options: flags })
  const say = reportTo(process.stdout)
  if (values.help) return say(help)
  const options: StartOptions = { ...values, services: readNamedServices(values.context) }
  const signal = shutdownSignal(() => say('Already stopping: what was started is stopped first'))
  try {
    await keepAlive(startAndStay(options, say, signal))
  } catch (error) {
    const fault = error instanceof RollbackError ? error.fault : error
    if (fault instanceof ShutdownRequested) process.exitCode = fault.exitCode
    if (error !== signal.reason) throw error
  }
}

async function startAndStay(options: StartOptions, say: Report, signal: AbortSignal): Promise<void> {
  const release = await preferAbortReason(signal, () =>
    holdStack(localLayout(), 'starting', { report: say, signal }),
  )
  const layout = atPortsInUse(localLayout(), say)
  // The owner of a running stack stops it. This start only starts what is missing.
  const wasKept = isKept(layout)
  const stop = (): Promise<void> => reportStep(say, 'Stopping', () => stopStack(layout, { report: say }))
  const bringAllUp = async (): Promise<void> => {
    const stack = await startStack({ layout, report: say, signal, ...options.services })
    await startMillrace(stack, say, signal)
    await promoteBuild(stack, { say, force: options.force, signal })
    if (!wasKept) own(layout, options.detach ? 'detached' : ownId())
    // The stack is up. Another start finds it running while the example runs.
    release()
    const run = options.demo ? await runDemo(apiUrl(layout), say, signal) : undefined
    signal.throwIfAborted()
    say(addresses(stack, run?.temporalUrl))
  }
  const undo = async (): Promise<void> => {
    if (!wasKept && isOwn(layout)) await stop()
  }
  try {
    await withRollback(() => preferAbortReason(signal, bringAllUp), undo)
  } finally {
    release()
  }
  if (wasKept || options.detach)
    return say(`\nThe stack keeps running${wasKept ? ', as before' : ''}. To stop it: \`npm run stop\``)
  say('\nCtrl-C stops everything. The state is kept.')
  if (!signal.aborted) await once(signal, 'abort')
  await stop()
}

/** Work that a signal aborted fails with the signal's reason, whatever error it threw itself. */
async function preferAbortReason<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

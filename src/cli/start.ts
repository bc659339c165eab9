import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Layout, layoutOf, stateHome } from '../../deploy/local/layout.ts'
import { Component } from '../../deploy/local/processes/component.ts'
import {
  apiUrl,
  installInto,
  millraceParts,
  promoteIn,
  runningBuild,
} from '../../deploy/local/processes/millrace.ts'
import { type Report, reported } from '../../deploy/local/progress.ts'
import { type Stack, startStack, stopStack } from '../../deploy/local/stack.ts'
import { readConfig, readNamedServices, readStackIndex } from '../config.ts'
import { buildId } from './build-id.ts'
import { runDemo } from './demo.ts'
import { staying, untilTold } from './until-told.ts'

const help = `millrace start: everything on this machine, on loopback

  --no-demo         do not run the example
  --detach          return when everything is ready; \`npm run stop\` ends it
  --context NAME    use this context of your kubeconfig instead of a local cluster
                    (MILLRACE_CONTEXT says the same; KUBECONFIG names the file)
  --force           go on with this code, though open runs cannot: they stand still
  -h, --help        this text

TEMPORAL_ADDRESS (and TEMPORAL_UI_URL) name a Temporal to use instead of a local one.
MILLRACE_STACK=1 … 99 is another stack beside the first, with its own ports and state.
State is kept in \${XDG_STATE_HOME:-~/.local/state}/millrace, binaries in \${XDG_CACHE_HOME:-~/.cache}/millrace.
`

const options = {
  demo: { type: 'boolean', default: true },
  detach: { type: 'boolean', default: false },
  context: { type: 'string' },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Stack 0 is called `default` and has the state folder to itself; others stand beside it. */
export function localLayout(): Layout {
  const index = readStackIndex()
  const name = index === 0 ? 'default' : `stack-${index}`
  return layoutOf(name, index, index === 0 ? stateHome() : `${stateHome()}-${index}`)
}

/** `npm start`: the whole of Millrace from nothing, an example run, and the addresses. */
export async function start(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, allowNegative: true, options })
  const say: Report = (line) => void process.stdout.write(`${line}\n`)
  if (values.help) return say(help)
  const layout = localLayout()
  const told = new AbortController()
  const ending = untilTold().then(() => told.abort(new Error('stopped by Ctrl-C')))
  const wasRunning = isRunning(layout)
  let keep = wasRunning
  try {
    const stack = await untilAborted(
      startStack({ layout, report: say, ...readNamedServices(values.context) }),
      told.signal,
    )
    await untilAborted(bringUp(stack, say), told.signal)
    await untilAborted(takeOver(stack, { say, force: values.force, signal: told.signal }), told.signal)
    const run = values.demo ? await runDemo(apiUrl(layout), say, told.signal) : undefined
    say(addresses(stack, run?.temporalUrl))
    keep ||= values.detach
    if (keep)
      return say(`\nIt goes on by itself${wasRunning ? ', as it did before' : ''}; \`npm run stop\` ends it.`)
    say('\nCtrl-C stops all of it; its state is kept.')
    await staying(ending)
  } catch (error) {
    if (!told.signal.aborted) throw error
  } finally {
    if (!keep) await reported(say, 'Stopping', () => stopStack(layout))
  }
}

/** The API is the last part to come up, so where it runs everything does. */
const isRunning = (layout: Layout): boolean =>
  new Component(
    { name: 'millrace-api', binary: '', args: [], ports: [], ready: async () => true },
    layout.stateDir,
  ).process() !== undefined

async function bringUp(stack: Stack, say: Report): Promise<void> {
  await reported(say, 'Installing the CRDs and search attributes', async () => installInto(stack))
  const { worker, api } = millraceParts(stack)
  await Promise.all([
    reported(say, 'Starting the worker', () => worker.start()),
    reported(say, 'Starting the API', () => api.start()),
  ])
}

/** Runs that are open from before go on with the code that was started, once it was seen that they can. */
async function takeOver(
  stack: Stack,
  { say, force, signal }: { say: Report; force: boolean; signal: AbortSignal },
): Promise<void> {
  const running = await runningBuild(stack.layout)
  const own = readConfig().build ?? buildId()
  if (running !== own)
    return say(
      `\nThe worker that runs already is of other code (build ${running ?? 'unknown'}, this is ${own}): \`npm run stop\`, then \`npm start\` changes to this`,
    )
  await promoteIn(stack, { replay: !force, report: say, signal })
}

function addresses(stack: Stack, runUrl: string | undefined): string {
  const api = apiUrl(stack.layout)
  return [
    '',
    `API              ${api}/v1/runs   (open to everybody on this machine: it listens on loopback only)`,
    `OpenAPI reader   ${api}/docs`,
    `Temporal Web UI  ${stack.temporalUiUrl}`,
    ...(runUrl ? [`this run in it   ${runUrl}`] : []),
    `kubectl          kubectl --kubeconfig ${stack.kubeconfig ?? '(yours)'} --context ${stack.context} get jobs`,
    `logs of parts    ${join(stack.layout.stateDir, 'logs')}`,
  ].join('\n')
}

/** Lets Ctrl-C interrupt a start at any point; what was started so far is stopped by the caller. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

import { readConfig } from '../../../src/config/config.ts'
import { buildId } from '../../../src/temporal/workers/build-id.ts'
import { installInto, millraceComponents, promoteIn, runningBuild } from '../processes/millrace-components.ts'
import { together } from '../processes/together.ts'
import { type Report, reportStep } from '../report.ts'
import type { Stack } from '../stack.ts'

/** Starts Millrace on a stack: installs what it needs there, then starts its worker and its API. */
export async function startMillrace(stack: Stack, say: Report, signal: AbortSignal): Promise<void> {
  await reportStep(say, 'Installing the CRDs and search attributes', () => installInto(stack, signal))
  const { worker, api } = millraceComponents(stack)
  await together(signal, [
    (signal) => reportStep(say, 'Starting the worker', () => worker.start(signal)),
    (signal) => reportStep(say, 'Starting the API', () => api.start(signal)),
  ])
}

/** Routes open runs to the code of this checkout, after a replay has shown that they can use it. */
export async function promoteBuild(
  stack: Stack,
  { say, force, signal }: { say: Report; force: boolean; signal: AbortSignal },
): Promise<void> {
  const running = await runningBuild(stack.layout)
  const own = readConfig().build ?? buildId()
  if (running !== own)
    return say(
      `\nThe running worker has other code (build ${running ?? 'unknown'}, this checkout is ${own}). To use this code: \`npm run stop\`, then \`npm start\``,
    )
  await promoteIn(stack, { replay: !force, report: say, signal })
}

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { Layout } from '../deploy/local/layout.ts'
import { apiUrl, installInto, millraceComponents } from '../deploy/local/processes/millrace-components.ts'
import { ownId } from '../deploy/local/processes/process-id.ts'
import { withRollback } from '../deploy/local/processes/with-rollback.ts'
import { reportTo } from '../deploy/local/report.ts'
import { startStack } from '../deploy/local/stack.ts'
import { type StackInfo, testSettings } from './processes.ts'
import { takeStack } from './take-stack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackInfo
  }
}

/** Starts a stack of its own beside a running `npm start` and other test runs, and removes it afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { layout, release } = await takeStack('test')
  process.once('exit', clearLater)
  const stop = async (): Promise<void> => {
    await release()
    process.off('exit', clearLater)
  }
  await withRollback(async () => project.provide('stack', await bringUp(layout)), stop)
  return stop
}

async function bringUp(layout: Layout): Promise<StackInfo> {
  const stack = await startStack({ layout, report: reportTo(process.stdout) })
  await installInto(stack)
  const { worker, api } = millraceComponents(stack, testSettings)
  await Promise.all([worker.start(), api.start()])
  const { temporalAddress, temporalUiUrl, context, kubeconfig = '' } = stack
  Object.assign(process.env, {
    MILLRACE_TEST_KUBECONFIG: kubeconfig,
    MILLRACE_TEST_CONTEXT: context,
    MILLRACE_TEST_TEMPORAL_ADDRESS: temporalAddress,
  })
  return {
    apiUrl: apiUrl(layout),
    temporalAddress,
    temporalUiUrl,
    context,
    kubeconfig,
    stateDir: layout.stateDir,
    layout,
  }
}

/** On a signal vitest exits at once without its teardown, so another process stops the stacks. */
function clearLater(): void {
  console.log('The stacks of this test run are being stopped in the background')
  const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'clear-abandoned.ts')]
  const { pid, startTime } = ownId()
  spawn(process.execPath, [...args, String(pid), startTime], { detached: true, stdio: 'ignore' }).unref()
}

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { apiUrl, installInto, millraceParts } from '../deploy/local/processes/millrace.ts'
import { ensurePackages } from '../deploy/local/programs/packages.ts'
import { startStack, stopStack } from '../deploy/local/stack.ts'
import { type StackInfo, testLayout, testSettings } from './processes.ts'

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackInfo
  }
}

/** Brings up a stack of its own beside a running `npm start`: other ports, other state, gone afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const layout = testLayout(join(tmpdir(), 'millrace-test'))
  // What an interrupted test run left behind would be neither fresh nor in the way of anybody else.
  await stopStack(layout, { forget: true })
  const stop = (): Promise<void> => stopStack(layout, { forget: true })
  try {
    await ensurePackages({ chromium: '/usr/bin/chromium' }, (line) => console.log(line))
    const stack = await startStack({ layout, report: (line) => console.log(line) })
    installInto(stack)
    const { worker, api } = millraceParts(stack, testSettings)
    await Promise.all([worker.start(), api.start()])
    const { temporalAddress, temporalUiUrl, context, kubeconfig = '' } = stack
    project.provide('stack', {
      apiUrl: apiUrl(layout),
      temporalAddress,
      temporalUiUrl,
      context,
      kubeconfig,
      stateDir: layout.stateDir,
    })
    Object.assign(process.env, {
      MILLRACE_TEST_KUBECONFIG: kubeconfig,
      MILLRACE_TEST_CONTEXT: context,
      MILLRACE_TEST_TEMPORAL_ADDRESS: temporalAddress,
    })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

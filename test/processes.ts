import { pathsOf } from '../deploy/local/kubernetes/credentials.ts'
import { type Layout, localUrl } from '../deploy/local/layout.ts'
import type { Component } from '../deploy/local/processes/component.ts'
import { millraceComponents } from '../deploy/local/processes/millrace-components.ts'
import type { Stack } from '../deploy/local/stack.ts'
import { stubAdapters } from './stub-adapters.ts'

/** What a test knows of the stack it runs against. */
export interface StackInfo {
  apiUrl: string
  temporalAddress: string
  temporalUiUrl: string
  kubeconfig: string
  context: string
  stateDir: string
  layout: Layout
}

/** What the parts of the test stack are told beside where everything is. */
export const testSettings = { MILLRACE_ADAPTERS: JSON.stringify(stubAdapters) }

/** Worker and API of the test stack, as the processes that they are. */
export function partsOf({ layout, context, temporalAddress }: StackInfo): {
  worker: Component
  api: Component
} {
  const stack: Stack = {
    layout,
    context,
    temporalAddress,
    temporalUiUrl: localUrl(layout.ports.temporalUi),
    kubeconfig: pathsOf(layout).kubeconfig,
    nodeName: 'localhost',
    components: [],
  }
  return millraceComponents(stack, testSettings)
}

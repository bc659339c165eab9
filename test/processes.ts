import { pathsOf } from '../deploy/local/kubernetes/credentials.ts'
import { type Layout, localUrl } from '../deploy/local/layout.ts'
import type { Component } from '../deploy/local/processes/component.ts'
import { millraceComponents } from '../deploy/local/processes/millrace-components.ts'
import type { Stack } from '../deploy/local/stack.ts'
import { stubAdapters } from './stub-adapters.ts'

/** What tests need to reach the test stack. */
export interface StackInfo {
  apiUrl: string
  temporalAddress: string
  temporalUiUrl: string
  kubeconfig: string
  context: string
  stateDir: string
  layout: Layout
}

/** Settings of worker and API in test stacks, besides addresses. */
export const testSettings = { MILLRACE_ADAPTERS: JSON.stringify(stubAdapters) }

/** The processes of worker and API in the test stack. */
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

import { type Report, reportStep } from '../report.ts'
import type { Component } from './component.ts'

/** Starts a component and reports it. A running one is only waited for. */
export const startComponent = (component: Component, report: Report, signal: AbortSignal): Promise<void> =>
  component.process()
    ? component.start(signal)
    : reportStep(report, `Starting ${component.name}`, () => component.start(signal))

export async function startInOrder(
  components: Component[],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const component of components) await startComponent(component, report, signal)
}

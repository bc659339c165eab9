import { localLayout } from '../local-layout.ts'
import { reportStep, reportTo } from '../report.ts'
import { stopStack } from '../stop-stack.ts'

/** Stops what `start` left running on this machine, also after a crash. Without a stack it does nothing. */
export async function stop(): Promise<void> {
  const report = reportTo(process.stdout)
  await reportStep(report, 'Stopping', () => stopStack(localLayout(), { report }))
}

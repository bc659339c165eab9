import { localLayout } from '../local-layout.ts'
import { reportStep, reportTo } from '../report.ts'
import { stopStack } from '../stop-stack.ts'

/** Ends what `start` left running on this machine, after a crash of it too. With nothing there it does nothing. */
export async function stop(): Promise<void> {
  const report = reportTo(process.stdout)
  await reportStep(report, 'Stopping', () => stopStack(localLayout(), { report }))
}

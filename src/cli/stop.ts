import { reported, reportTo } from '../../deploy/local/progress.ts'
import { stopStack } from '../../deploy/local/stop-stack.ts'
import { localLayout } from './local-layout.ts'

/** Ends what `start` left running on this machine, after a crash of it too. With nothing there it does nothing. */
export async function stop(): Promise<void> {
  const report = reportTo(process.stdout)
  await reported(report, 'Stopping', () => stopStack(localLayout(), { report }))
}

import { reported } from '../../deploy/local/progress.ts'
import { stopStack } from '../../deploy/local/stack.ts'
import { localLayout } from './start.ts'

/** Ends what `start` left running on this machine, after a crash of it too. With nothing there it does nothing. */
export async function stop(): Promise<void> {
  await reported(
    (line) => process.stdout.write(`${line}\n`),
    'Stopping',
    () => stopStack(localLayout()),
  )
}

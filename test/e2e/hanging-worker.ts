/** A worker that takes every attempt and never makes its Job: what one looks like that dies in that very moment. */
import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import { TASK_QUEUE } from '../../workflows/names.ts'

const [address = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection,
  taskQueue: TASK_QUEUE,
  workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  activities: {
    runJob: () => {
      process.stdout.write('taken\n')
      return new Promise(() => undefined)
    },
  },
})
await worker.run()

/** A worker that takes every attempt and never makes its Job: what one looks like that dies in that very moment. */
import { NativeConnection, Worker } from '@temporalio/worker'
import { TASK_QUEUE } from '../../src/model/temporal-names.ts'
import { buildId, workflowsPath } from '../../src/temporal/workers/build-id.ts'
import { workerDeployment } from '../../src/temporal/workers/worker-deployment.ts'

const [address = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection,
  taskQueue: TASK_QUEUE,
  workflowsPath,
  // Of the build that the worker in its place was of, or it would be given nothing.
  workerDeploymentOptions: workerDeployment(process.env.MILLRACE_BUILD ?? buildId()),
  activities: {
    runJob: () => {
      process.stdout.write('taken\n')
      return new Promise(() => undefined)
    },
  },
})
await worker.run()

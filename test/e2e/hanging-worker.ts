/** A worker that accepts every attempt and never creates its Job, like a worker that dies at that moment. */
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
  // The build of the worker that it replaces, or Temporal would give it no task.
  workerDeploymentOptions: workerDeployment(process.env.MILLRACE_BUILD ?? buildId()),
  activities: {
    runJob: () => {
      process.stdout.write('taken\n')
      return new Promise(() => undefined)
    },
  },
})
await worker.run()

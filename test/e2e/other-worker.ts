/** A worker of another build, whose workflow of the same name decides differently: `<address> <build>`. */
import { fileURLToPath } from 'node:url'
import { CompleteAsyncError } from '@temporalio/activity'
import { NativeConnection, Worker } from '@temporalio/worker'
import { TASK_QUEUE, WATCH_QUEUE } from '../../src/model/temporal-names.ts'
import { workerDeployment } from '../../src/temporal/workers/worker-deployment.ts'

const [address = '', build = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const common = {
  connection,
  workerDeploymentOptions: workerDeployment(build),
  activities: {
    wait: () => {
      throw new CompleteAsyncError()
    },
  },
}
const workers = await Promise.all([
  Worker.create({
    ...common,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('../temporal/workflows/index.ts', import.meta.url)),
  }),
  Worker.create({ ...common, taskQueue: WATCH_QUEUE }),
])
await Promise.all(workers.map((worker) => worker.run()))

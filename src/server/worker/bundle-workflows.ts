/** Started by bundle.ts: bundles the workflow code, sends it to the parent process and exits. */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { workflowsPath } from '../../temporal/workers/build-id.ts'

// The parent has the code, or has exited.
process.on('disconnect', () => process.exit())
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
process.send?.(code, () => process.disconnect())

/** What `bundle.ts` starts: bundles the workflow code, sends it to who has started it, and ends. */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { workflowsPath } from '../../temporal/workers/build-id.ts'

// Whoever wanted it is gone, or has it.
process.on('disconnect', () => process.exit())
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
process.send?.(code, () => process.disconnect())

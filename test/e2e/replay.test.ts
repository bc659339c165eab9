import { expect, inject, it } from 'vitest'
import { cancel, startRun, untilRun } from './api.ts'
import { dropNamespace, makeNamespace } from './cluster.ts'
import { type Ended, runMillrace } from './millrace-command.ts'

function replay(): Promise<Ended> {
  const { temporalAddress, context, kubeconfig } = inject('stack')
  return runMillrace(['replay'], {
    PATH: process.env.PATH,
    TEMPORAL_ADDRESS: temporalAddress,
    MILLRACE_CONTEXT: context,
    KUBECONFIG: kubeconfig,
  })
}

it('open runs replay with the code that runs them, and the command prints their number', async () => {
  const namespace = await makeNamespace('replay')
  const id = await startRun(
    `
apiVersion: api.practice.com/v1alpha1
kind: Task
metadata: { name: open }
spec: { steps: [{ name: one, image: "busybox:1.28", command: [sleep, "600"] }] }
`,
    namespace,
  )
  await untilRun(id, 'runs', (run) => run.phase === 'Running')
  const { code, output } = await replay()
  await cancel(id)
  await dropNamespace(namespace)
  expect(code, output).toBe(0)
  expect(output).toMatch(/^[1-9]\d* open runs of Temporal namespace "default" replay with this code\.$/m)
})

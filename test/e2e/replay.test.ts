import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { cancel, dropNamespace, makeNamespace, root, startRun, untilRun } from './api.ts'

function replay(args: string[] = []): Promise<{ code: number | null; output: string }> {
  const { temporalAddress, context, kubeconfig } = inject('stack')
  const env = {
    PATH: process.env.PATH,
    TEMPORAL_ADDRESS: temporalAddress,
    MILLRACE_CONTEXT: context,
    KUBECONFIG: kubeconfig,
  }
  const main = join(root, 'src/server/main.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'replay', ...args], {
    env,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output })))
}

it('open runs replay with the code that runs them, and the command says how many', async () => {
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

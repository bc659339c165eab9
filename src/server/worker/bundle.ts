import { fork } from 'node:child_process'
import { join } from 'node:path'

/**
 * The workflow code as one script, for Temporal's sandbox. Webpack makes it in a separate process: it takes a
 * hundred megabytes, which a worker would otherwise hold for as long as it lives.
 */
export function bundleWorkflows(): Promise<string> {
  const child = fork(join(import.meta.dirname, 'bundle-workflows.ts'))
  return new Promise((resolve, reject) => {
    let code: string | undefined
    child.once('message', (message) => {
      code = String(message)
    })
    child.once('error', reject)
    child.once('close', (status) =>
      code === undefined
        ? reject(new Error(`the workflow code could not be bundled (exit code ${status})`))
        : resolve(code),
    )
  })
}

/** Thirty days. With the default of one day, a run would be deleted before the weekend is over. */
export const RETENTION_H = 720

const ALREADY_EXISTS = 409

/**
 * Creates the namespace of all runs, which a server does not do by itself, and says whether it is usable. A new one
 * becomes usable a little later. `url` is the server's HTTP API.
 */
export async function isNamespaceUsable(url: string): Promise<boolean> {
  const namespaces = `${url}/api/v1/namespaces`
  const made = await fetch(namespaces, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      namespace: 'default',
      workflowExecutionRetentionPeriod: `${RETENTION_H * 3_600}s`,
    }),
  })
  if (!made.ok && made.status !== ALREADY_EXISTS) return false
  return (await fetch(`${namespaces}/default/workflow-count`)).ok
}

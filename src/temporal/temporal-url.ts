/** The page of a run in Temporal's Web UI. The id has slashes, which must not divide the path. */
export function temporalUrl(
  ui: { uiUrl: string; namespace: string },
  execution: { workflowId: string; runId: string },
): string {
  return pageUrl(ui, ['workflows', execution.workflowId, execution.runId])
}

/** The page of a schedule there. */
export const scheduleUrl = (ui: { uiUrl: string; namespace: string }, id: string): string =>
  pageUrl(ui, ['schedules', id])

function pageUrl({ uiUrl, namespace }: { uiUrl: string; namespace: string }, path: string[]): string {
  const parts = [namespace, ...path].map(encodeURIComponent)
  return `${uiUrl.replace(/\/+$/, '')}/namespaces/${parts.join('/')}`
}

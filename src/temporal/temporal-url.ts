/** URL of a run in Temporal's Web UI. The id contains slashes, so it is escaped. */
export function temporalUrl(
  ui: { uiUrl: string; namespace: string },
  execution: { workflowId: string; runId: string },
): string {
  return pageUrl(ui, ['workflows', execution.workflowId, execution.runId])
}

/** URL of a schedule in Temporal's Web UI. */
export const scheduleUrl = (ui: { uiUrl: string; namespace: string }, id: string): string =>
  pageUrl(ui, ['schedules', id])

function pageUrl({ uiUrl, namespace }: { uiUrl: string; namespace: string }, path: string[]): string {
  const parts = [namespace, ...path].map(encodeURIComponent)
  return `${uiUrl.replace(/\/+$/, '')}/namespaces/${parts.join('/')}`
}

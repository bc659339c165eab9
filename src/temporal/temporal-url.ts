/** The page of a run in Temporal's Web UI. The id has slashes, which must not divide the path. */
export function temporalUrl(
  ui: { uiUrl: string; namespace: string },
  execution: { workflowId: string; runId: string },
): string {
  const parts = [ui.namespace, 'workflows', execution.workflowId, execution.runId].map(encodeURIComponent)
  return `${ui.uiUrl.replace(/\/+$/, '')}/namespaces/${parts.join('/')}`
}

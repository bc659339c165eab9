import { join } from 'node:path'
import { apiUrl } from '../processes/millrace-components.ts'
import type { Stack } from '../stack.ts'

export function addresses(stack: Stack, runUrl: string | undefined): string {
  const api = apiUrl(stack.layout)
  return [
    '',
    `API              ${api}/v1/runs   (on loopback: every user of this machine can call it)`,
    `OpenAPI reader   ${api}/docs`,
    `Temporal Web UI  ${stack.temporalUiUrl}`,
    ...(runUrl ? [`run in Web UI    ${runUrl}`] : []),
    `kubectl          kubectl --kubeconfig ${stack.kubeconfig ?? '(yours)'} --context ${stack.context} get jobs`,
    `component logs   ${join(stack.layout.stateDir, 'logs')}`,
  ].join('\n')
}

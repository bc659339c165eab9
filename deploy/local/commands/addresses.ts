import { join } from 'node:path'
import { apiUrl } from '../processes/millrace-components.ts'
import type { Stack } from '../stack.ts'

export function addresses(stack: Stack, runUrl: string | undefined): string {
  const api = apiUrl(stack.layout)
  return [
    '',
    `API              ${api}/v1/runs   (open to everybody on this machine: it listens on loopback only)`,
    `OpenAPI reader   ${api}/docs`,
    `Temporal Web UI  ${stack.temporalUiUrl}`,
    ...(runUrl ? [`this run in it   ${runUrl}`] : []),
    `kubectl          kubectl --kubeconfig ${stack.kubeconfig ?? '(yours)'} --context ${stack.context} get jobs`,
    `logs of parts    ${join(stack.layout.stateDir, 'logs')}`,
  ].join('\n')
}

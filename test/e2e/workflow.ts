import { expect } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { post, startOf, untilEnded } from './api.ts'
import type { Gate } from './gate.ts'

/** A Job with one container, for the field `job` of a task. */
export const job = (script: string, more: JsonObject = {}, gate?: Gate): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'overwritten' },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        volumes: gate ? [gate.volume] : [],
        containers: [
          {
            name: 'main',
            image: 'busybox:1.28',
            command: ['sh', '-c', script],
            volumeMounts: gate ? [gate.mount] : [],
          },
        ],
      },
    },
    ...more,
  },
})
export const put = (url: string, json: string): string =>
  `wget -q -O- --header "Authorization: Bearer $(cat $MILLRACE_TOKEN_FILE)" --header 'Content-Type: application/json' --post-data '${json}' ${url}`
export const record = (json: string): string => put('$MILLRACE_OUTPUT_URL', json)

/** Stores and runs Workflows in a namespace. */
export function workflowsIn(namespace: string): {
  /** Resolves with the name of the stored Workflow. */
  store(workflow: object): Promise<string>
  /** Stores a Workflow and runs it to its end. */
  execute(workflow: object, inputs?: unknown): Promise<RunStatus>
} {
  const store = async (workflow: object): Promise<string> => {
    const { status, body } = await post(JSON.stringify(workflow), namespace)
    expect(status, JSON.stringify(body)).toBe(200)
    return body.results[0].name
  }
  return {
    store,
    async execute(workflow, inputs) {
      const name = await store(workflow)
      const request = { definition: { kind: 'Workflow', name }, ...(inputs === undefined ? {} : { inputs }) }
      return untilEnded(await startOf(namespace, request))
    },
  }
}

import type { Gate } from './gate.ts'

interface FlowSpec {
  [name: string]: { run: string; after?: string[]; job?: string; gate?: Gate }
}

/** The manifest of a JobFlow: `{ a: { run: 'echo hi' }, b: { run: 'exit 1', after: ['a'] } }`. */
export function flow(name: string, flows: FlowSpec, extra = ''): string {
  const entries = Object.entries(flows).map(
    ([id, { run, after = [], job = '', gate }]) => `
    - name: ${id}
      dependencies: [${after.join(', ')}]
      jobTemplate:
        ${job}
        template:
          spec:
            terminationGracePeriodSeconds: 1
            volumes: ${JSON.stringify(gate ? [gate.volume] : [])}
            containers:
              - name: main
                image: 'busybox:1.28'
                command: [sh, -c, ${JSON.stringify(run)}]
                volumeMounts: ${JSON.stringify(gate ? [gate.mount] : [])}`,
  )
  return `
apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: ${name} }
spec:
  ${extra}
  flows:${entries.join('')}
`
}

import { stringify } from 'yaml'

const apiVersion = 'api.practice.com/v1alpha1'

const podOf = (command: string) => ({
  spec: {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', command] }],
  },
})

export const flow = (
  name: string,
  options: { command?: string; template?: string; namespace?: string } = {},
) => ({
  apiVersion,
  kind: 'JobFlow',
  metadata: { name, ...(options.namespace === undefined ? {} : { namespace: options.namespace }) },
  spec: {
    flows: [
      options.template === undefined
        ? { name: 'a', jobTemplate: { template: podOf(options.command ?? 'echo a') } }
        : { name: 'a', jobTemplateRef: options.template },
    ],
  },
})

export const template = (name: string, command = 'echo t') => ({
  apiVersion,
  kind: 'JobTemplate',
  metadata: { name },
  spec: { jobTemplate: { template: podOf(command) } },
})

/** A manifest that violates its schema. */
export const badFlow = (name: string) => ({
  apiVersion,
  kind: 'JobFlow',
  metadata: { name },
  spec: { flows: 7 },
})

export const badTemplate = (name: string) => ({
  apiVersion,
  kind: 'JobTemplate',
  metadata: { name },
  spec: 7,
})

export const yaml = (...documents: object[]): string => documents.map((each) => stringify(each)).join('---\n')

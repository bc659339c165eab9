/** Manifests for table tests, as text for `decode`: a row shows only what differs. */
const indent = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n')

export const head = (kind: string, name = 'x'): string =>
  `apiVersion: api.practice.com/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n`

export const POD = '{spec: {containers: [{name: c, image: "busybox:1.28"}]}}'
export const JOB = `{template: ${POD}}`
export const FLOW = `{name: a, jobTemplate: ${JOB}}`

/** `spec` is the YAML under spec. */
export const jobFlow = (spec = `flows: [${FLOW}]`): string => `${head('JobFlow')}spec:\n${indent(spec, 2)}\n`
export const daemonJob = (spec = `template: ${POD}`): string =>
  `${head('DaemonJob')}spec:\n${indent(spec, 2)}\n`
export const jobTemplate = (job = JOB): string => `${head('JobTemplate')}spec: {jobTemplate: ${job}}\n`

/** A JobFlow whose only container has these fields besides its name. */
export const container = (fields: string): string =>
  jobFlow(`flows: [{name: a, jobTemplate: {template: {spec: {containers: [{name: c, ${fields}}]}}}}]`)

/** A valid JobFlow with this metadata. */
export const named = (metadata: string): string =>
  `apiVersion: api.practice.com/v1alpha1\nkind: JobFlow\nmetadata: ${metadata}\nspec: {flows: [${FLOW}]}\n`

/** The path of the containers in a manifest of `container`. */
export const CONTAINERS = 'spec.flows[0].jobTemplate.template.spec.containers'

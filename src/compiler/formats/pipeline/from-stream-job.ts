import type { JsonObject } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import { deploymentName, MAX_JOB_NAME } from '../../../model/object-names.ts'
import type { ServiceNode } from '../../../model/plan.ts'
import { inPipeline, type PipelineOrder, type PipelineParts } from './pipeline-parts.ts'

type StreamJob = NonNullable<Pipeline['spec']['streamJob']>

/** Each service is a Deployment `<pipeline>-deploy-<service>` and a headless Service `<service>`. */
export function fromStreamJob(order: PipelineOrder, { microServices }: StreamJob): PipelineParts {
  const nodes = microServices.map((service) => toNode(order, service))
  return {
    jobs: {},
    nodes,
    issues: [
      ...inPipeline(order.pipeline.metadata.name, serviceIssues(order.pipeline)),
      ...tooMany(nodes.length),
    ],
    warnings: withoutEffect(order),
  }
}

function toNode(
  { pipeline, labels: own, annotations }: PipelineOrder,
  { name, replicas, spec }: StreamJob['microServices'][number],
): ServiceNode {
  const objectName = deploymentName(pipeline.metadata.name, name)
  const labels = { ...own, 'k8s-app': objectName }
  return {
    type: 'service',
    id: name,
    needs: [],
    objectName,
    serviceName: name,
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: objectName, labels, annotations },
      spec: {
        replicas: replicas ?? 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: spec as JsonObject },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels, annotations },
      spec: { clusterIP: 'None', selector: labels },
    },
  }
}

/** The Deployment's name is also a label value of its pods. Paths are those of the Pipeline. */
export function serviceIssues({ metadata, spec }: Pipeline): Finding[] {
  return (spec.streamJob?.microServices ?? []).flatMap(({ name }, index): Finding[] => {
    const deployment = deploymentName(metadata.name, name)
    if (deployment.length <= MAX_JOB_NAME) return []
    const message = `its Deployment would be named "${deployment}", which has ${deployment.length} characters; the limit is ${MAX_JOB_NAME}: shorten the Pipeline's or the service's name`
    return [{ path: ['spec', 'streamJob', 'microServices', index, 'name'], rule: 'name-too-long', message }]
  })
}

/** Each service is an activity for the whole run, and Temporal allows 2,000 pending activities. */
const MAX_SERVICES = 500

function tooMany(count: number): Finding[] {
  if (count <= MAX_SERVICES) return []
  const message = `the Pipeline has ${count} services; the limit is ${MAX_SERVICES}: split it into several`
  return [{ path: ['spec', 'refPipeline'], rule: 'plan-too-large', message }]
}

function withoutEffect({ run: { spec } }: PipelineOrder): Finding[] {
  return (['maxRetryCount', 'timeout'] as const)
    .filter((field) => spec[field] != null)
    .map((field) => ({
      path: ['spec', field],
      rule: 'no-effect',
      message: `${field} has no effect on a streamJob, which runs until it is cancelled`,
    }))
}

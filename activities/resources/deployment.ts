import type { JsonObject } from '../../src/lib/json.ts'
import { objectAt } from '../../src/lib/json.ts'
import {
  ATTEMPT_ANNOTATION,
  INSTANCE_LABEL,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
} from '../../src/model/labels.ts'
import type { ServiceNode } from '../../src/model/plan.ts'
import type { RunRef } from '../../src/model/run-id.ts'

/** The two objects of a service node, with our labels and annotations and the run object as owner. */
export function serviceManifests(
  { run, node }: { run: RunRef; node: ServiceNode },
  instance: string,
): { deployment: JsonObject; service: JsonObject } {
  const labels = { [INSTANCE_LABEL]: instance, [RUN_LABEL]: run.uid }
  const identity = { [RUN_ID_ANNOTATION]: run.id, [NODE_ANNOTATION]: node.id, [ATTEMPT_ANNOTATION]: '1' }
  const { apiVersion, kind, name, uid } = run
  const marked = (object: JsonObject): JsonObject => {
    const metadata = objectAt(object, 'metadata')
    return {
      ...object,
      metadata: {
        ...metadata,
        namespace: run.namespace,
        labels: { ...objectAt(metadata, 'labels'), ...labels },
        annotations: { ...objectAt(metadata, 'annotations'), ...identity },
        ownerReferences: [{ apiVersion, kind, name, uid }],
      },
    }
  }
  const spec = objectAt(node.deployment, 'spec')
  const template = objectAt(spec, 'template')
  const metadata = objectAt(template, 'metadata')
  const pods = {
    ...template,
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata, 'labels'), ...labels },
      annotations: { ...objectAt(metadata, 'annotations'), ...identity },
    },
  }
  return {
    deployment: { ...marked(node.deployment), spec: { ...spec, template: pods } },
    service: marked(node.service),
  }
}

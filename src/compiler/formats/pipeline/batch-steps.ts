import type { JsonObject } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import {
  inputAdapters,
  type Output,
  outputAdapters,
} from '../../../manifests/kinds/pipeline/pipeline-adapters.ts'
import type { SequenceStep } from '../../sequence.ts'
import type { AdapterImage, AdapterTable } from './pipeline-adapters.ts'

type BatchJob = NonNullable<Pipeline['spec']['batchJob']>
type Parameters = Record<string, string>

/** Steps in the order in which they run: the input, the processors, the outputs. */
export function batchSteps(batch: BatchJob, adapters: AdapterTable): SequenceStep[] {
  const resources = batch.resources as JsonObject | undefined
  const limited = (container: JsonObject): JsonObject => {
    // Every step has the batch's resources, or none if the batch has none.
    const { resources: _, ...rest } = container
    return resources === undefined ? rest : { ...rest, resources }
  }
  return [
    { name: 'input', container: limited(inputContainer(batch, adapters)) },
    ...(batch.processors ?? []).map((processor) => ({
      name: processor.name,
      container: limited(processor as JsonObject),
    })),
    ...batch.outputs.flatMap((output) =>
      outputSteps(output, adapters).map(({ name, container }) => ({ name, container: limited(container) })),
    ),
  ]
}

/** Containers of a pod need different names. Paths are those of the Pipeline. */
export function stepIssues({ spec }: Pipeline, adapters: AdapterTable): Finding[] {
  const names = spec.batchJob
    ? batchSteps(spec.batchJob, adapters).map(({ container }) => String(container.name))
    : []
  const doubled = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return doubled.map((name) => ({
    path: ['spec', 'batchJob'],
    rule: 'doubled-name',
    message: `duplicate container name "${name}": the container of the input is "input", that of an output "output-<name>": rename the processor or output`,
  }))
}

/** elasticSearch wins if both are given. */
function inputContainer({ input }: BatchJob, adapters: AdapterTable): JsonObject {
  const adapter = inputAdapters.find((name) => input[name] !== undefined) ?? 'apiServer'
  return adapterContainer('input', adapters[adapter], input[adapter] ?? {})
}

/** One step per adapter of an output, in the format's fixed order. */
function outputSteps(output: Output, adapters: AdapterTable): SequenceStep[] {
  const used = outputAdapters.filter((name) => output[name] !== undefined)
  return used.map((adapter) => {
    const name = used.length === 1 ? output.name : `${output.name}-${adapter}`
    const given = (output[adapter] ?? {}) as Parameters
    if (adapter !== 'custom')
      return { name, container: adapterContainer(`output-${name}`, adapters[adapter], given) }
    const { image = '', ...parameters } = given
    const container = adapterContainer(`output-${name}`, { image, ...adapters.custom }, parameters)
    return { name, container }
  })
}

/** Arguments keep the manifest's order and values. Without a command the image's ENTRYPOINT runs. */
function adapterContainer(
  name: string,
  { image, command, imagePullPolicy = 'Always' }: AdapterImage,
  parameters: Parameters,
): JsonObject {
  return {
    name,
    image,
    imagePullPolicy,
    ...(command ? { command } : {}),
    args: Object.entries(parameters).map(([key, value]) => `--${key}=${value}`),
  }
}

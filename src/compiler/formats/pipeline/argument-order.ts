import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import { outputAdapters } from '../../../manifests/kinds/pipeline/pipeline-adapters.ts'
import { ARGUMENT_ORDER_ANNOTATION } from '../../../model/labels.ts'

type Parameters = Record<string, string>

/**
 * Adapters get their arguments in the written order. Kubernetes sorts the maps of a stored object by key, so
 * an annotation keeps the order: the names, by the adapter's path in the manifest.
 */
export function argumentOrder(pipeline: Pipeline): Record<string, string> {
  const orders = adaptersOf(pipeline).map(([place, map]) => [place, Object.keys(map)])
  return orders.length === 0
    ? {}
    : { [ARGUMENT_ORDER_ANNOTATION]: JSON.stringify(Object.fromEntries(orders)) }
}

/** Restores the annotated order of a Pipeline's arguments. Arguments that were added later come last. */
export function inArgumentOrder(pipeline: Pipeline): Pipeline {
  const note = read(pipeline.metadata.annotations?.[ARGUMENT_ORDER_ANNOTATION])
  const { batchJob } = pipeline.spec
  if (!batchJob) return pipeline
  const ordered = new Map(
    adaptersOf(pipeline).map(([place, map]) => {
      const names = [...new Set([...(note[place] ?? []), ...Object.keys(map)])].filter(
        (name) => map[name] !== undefined,
      )
      return [place, Object.fromEntries(names.map((name) => [name, map[name] ?? '']))]
    }),
  )
  const pick = <T extends object>(parent: T, prefix: string): T =>
    Object.fromEntries(
      Object.entries(parent).map(([key, value]) => [key, ordered.get(`${prefix}${key}`) ?? value]),
    ) as T
  return {
    ...pipeline,
    spec: {
      ...pipeline.spec,
      batchJob: {
        ...batchJob,
        input: pick(batchJob.input, 'input.'),
        outputs: batchJob.outputs.map((output, index) => pick(output, `outputs.${index}.`)),
      },
    },
  }
}

function adaptersOf({ spec: { batchJob } }: Pipeline): [place: string, map: Parameters][] {
  const places: [string, Parameters | undefined][] = [
    ['input.elasticSearch', batchJob?.input.elasticSearch],
    ['input.apiServer', batchJob?.input.apiServer],
    ...(batchJob?.outputs ?? []).flatMap((output, index) =>
      outputAdapters.map((name): [string, Parameters | undefined] => [
        `outputs.${index}.${name}`,
        output[name],
      ]),
    ),
  ]
  return places.flatMap(([place, map]): [string, Parameters][] => (map ? [[place, map]] : []))
}

/** A user may have edited the annotation; an invalid one counts as empty. */
function read(text: string | undefined): Record<string, string[]> {
  try {
    const note: unknown = JSON.parse(text ?? '{}')
    const entries = typeof note === 'object' && note !== null ? Object.entries(note) : []
    return Object.fromEntries(entries.filter(([, names]) => Array.isArray(names)))
  } catch {
    return {}
  }
}

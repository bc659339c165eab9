import { z } from 'zod'
import { isJsonObject } from '../../../lib/json.ts'
import { imageReference, MAX_DNS_LABEL, outputName } from '../../fields/scalars.ts'

/** Field names of an output's adapters, in the order in which they run. */
export const outputAdapters = ['api', 'as2', 'ftp', 'kafka', 'email', 'custom'] as const
export type OutputAdapter = (typeof outputAdapters)[number]
export const inputAdapters = ['elasticSearch', 'apiServer'] as const
export type InputAdapter = (typeof inputAdapters)[number]

/** Every entry becomes the argument `--name=value`, in the written order. */
const parameters = z
  .record(z.string().regex(/^[^\s=]+$/, 'must not contain whitespace or "="'), z.string())
  .describe('Every entry becomes an argument --name=value, in the written order.')

export const Adapters = z
  .strictObject({ elasticSearch: parameters.optional(), apiServer: parameters.optional() })
  .refine(hasOneOf(inputAdapters), {
    error: `needs one of ${inputAdapters.join(', ')}`,
    params: { rule: 'required' },
    when: () => true,
  })

/** `output-<name>-<adapter>` must fit into a container name. */
export const MAX_OUTPUT_NAME = MAX_DNS_LABEL - 'output--custom'.length

export const Output = z
  .strictObject({
    name: outputName(MAX_OUTPUT_NAME),
    api: parameters.optional(),
    as2: parameters.optional(),
    ftp: parameters.optional(),
    kafka: parameters.optional(),
    email: parameters.optional(),
    custom: parameters
      .superRefine(withImage, { when: () => true })
      .optional()
      .describe('A custom adapter: image is its image, all other entries are its arguments.'),
  })
  .refine(hasOneOf(outputAdapters), {
    error: `needs one of ${outputAdapters.join(', ')}`,
    params: { rule: 'required' },
    when: () => true,
  })
export type Output = z.infer<typeof Output>

function hasOneOf(keys: readonly string[]): (value: object) => boolean {
  return (value) => !isJsonObject(value) || keys.some((key) => value[key] !== undefined)
}

function withImage(custom: unknown, ctx: z.RefinementCtx): void {
  const image = isJsonObject(custom) ? custom.image : undefined
  if (typeof image === 'string' && imageReference.safeParse(image).success) return
  const message =
    image === undefined ? 'is missing: write the image of the adapter' : 'is not an image reference'
  ctx.addIssue({ code: 'custom', path: ['image'], params: { rule: 'required' }, message })
}

import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { definitionKinds, definitionTypes } from '../../src/manifests/kinds/kinds.ts'
import { deleteDefinition } from '../../src/operations/definitions/delete-definition.ts'
import { type DefinitionRef, getDefinition } from '../../src/operations/definitions/get-definition.ts'
import { listDefinitions } from '../../src/operations/definitions/list-definitions.ts'
import { putDefinition } from '../../src/operations/definitions/put-definition.ts'
import { defined } from '../defined.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { ifMatchOf, toEtag } from '../etag.ts'
import { readText } from '../read-text.ts'
import { Definition, toDefinition } from '../schemas/definition.ts'
import { Namespace, ObjectName } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'

const Kind = z
  .enum(definitionKinds, `must be one of ${definitionKinds.join(', ')}`)
  .openapi({ description: 'Kind of the definition', example: 'JobTemplate' })
const params = z.object({ kind: Kind, namespace: Namespace, name: ObjectName })
const toRef = ({ kind, namespace, name }: z.infer<typeof params>): DefinitionRef => ({
  ...definitionTypes[kind],
  namespace,
  name,
})
const conditional = z.object({
  'if-match': z
    .string()
    .max(255)
    .optional()
    .openapi({ description: 'The ETag that the stored definition must have' }),
})
const etag = z.object({ ETag: z.string().openapi({ description: 'Version of the stored definition' }) })
const body = { 'application/json': { schema: Definition } }

const list = createRoute({
  method: 'get',
  path: '/v1/definitions/{kind}',
  operationId: 'listDefinitions',
  tags: ['Definitions'],
  summary: 'List the stored definitions of a kind',
  description: 'Sorted by namespace and name; without `status`.',
  request: { params: z.object({ kind: Kind }), query: z.strictObject({ namespace: Namespace.optional() }) },
  responses: {
    200: {
      description: 'All definitions',
      content: {
        'application/json': {
          schema: z.object({ definitions: z.array(Definition) }).openapi('DefinitionList'),
        },
      },
    },
    ...problems(422, 503),
  },
})

const get = createRoute({
  method: 'get',
  path: '/v1/definitions/{kind}/{namespace}/{name}',
  operationId: 'getDefinition',
  tags: ['Definitions'],
  summary: 'Get a stored definition',
  request: { params },
  responses: {
    200: { description: 'The stored definition', headers: etag, content: body },
    ...problems(404, 422, 503),
  },
})

const put = createRoute({
  method: 'put',
  path: '/v1/definitions/{kind}/{namespace}/{name}',
  operationId: 'putDefinition',
  tags: ['Definitions'],
  summary: 'Store a definition',
  description:
    'The body is one manifest, YAML or JSON. Labels and annotations that others have set are kept. Open runs keep their plan.',
  request: {
    params,
    headers: conditional,
    body: {
      required: true,
      content: {
        'application/yaml': { schema: { type: 'string' as const } },
        'application/json': { schema: { type: 'object' as const } },
      },
    },
  },
  responses: {
    200: { description: 'The definition was replaced', headers: etag, content: body },
    201: { description: 'The definition was created', headers: etag, content: body },
    ...problems(403, 409, 412, 413, 415, 422, 503),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/definitions/{kind}/{namespace}/{name}',
  operationId: 'deleteDefinition',
  tags: ['Definitions'],
  summary: 'Delete a stored definition',
  description: 'Runs that were created from it continue.',
  request: { params, headers: conditional },
  responses: { 204: { description: 'The definition was deleted' }, ...problems(403, 404, 412, 422, 503) },
})

export const definitionRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>()
    .openapi(list, async (c) => {
      const input = { type: definitionTypes[c.req.valid('param').kind], ...defined(c.req.valid('query')) }
      const stored = await listDefinitions(callOf(c, deps, input))
      return c.json({ definitions: stored.map(toDefinition) }, 200)
    })
    .openapi(get, async (c) => {
      const stored = await getDefinition(callOf(c, deps, toRef(c.req.valid('param'))))
      c.header('ETag', toEtag(stored))
      return c.json(toDefinition(stored), 200)
    })
    .openapi(put, async (c) => {
      const input = {
        ...toRef(c.req.valid('param')),
        ...ifMatchOf(c.req.valid('header')),
        text: await readText(c),
      }
      const { result, object } = await putDefinition(callOf(c, deps, input))
      c.header('ETag', toEtag(object))
      return result === 'created' ? c.json(toDefinition(object), 201) : c.json(toDefinition(object), 200)
    })
    .openapi(remove, async (c) => {
      const input = { ...toRef(c.req.valid('param')), ...ifMatchOf(c.req.valid('header')) }
      await deleteDefinition(callOf(c, deps, input))
      return c.body(null, 204)
    })

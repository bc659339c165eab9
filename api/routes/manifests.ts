import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import { defined } from '../defined.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { manifestTypes, readText } from '../read-text.ts'
import { ManifestResult } from '../schemas/manifest-result.ts'
import { Flag, Namespace } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'

const example = [
  'apiVersion: api.practice.com/v1alpha1',
  'kind: JobFlow',
  'metadata:',
  '  name: demo',
  'spec:',
  '  flows:',
  '    - name: hello',
  '      jobTemplate:',
  '        template:',
  '          spec:',
  '            containers:',
  '              - { name: main, image: busybox, command: [echo, hello] }',
  '',
].join('\n')

/** Plain schemas: the text must reach the operation unparsed, which decodes it with line numbers. */
const content = Object.fromEntries(
  manifestTypes.map((type) => [
    type,
    type === 'application/json'
      ? { schema: { type: 'object' as const } }
      : { schema: { type: 'string' as const }, example },
  ]),
)

const postManifests = createRoute({
  method: 'post',
  path: '/v1/manifests',
  operationId: 'submitManifests',
  tags: ['Manifests'],
  summary: 'Store manifests and start their runs',
  description: [
    'The body is JSON, or YAML with one or more documents. Each document is stored as its Kubernetes object, and a kind',
    'that is a run starts one. Valid documents are stored even if others are refused. Posting the same again changes',
    'nothing, and continues where an earlier request was interrupted. With curl use `--data-binary`: `-d` removes line ends.',
  ].join(' '),
  request: {
    query: z.strictObject({
      namespace: Namespace.optional().openapi({
        description:
          'For documents without a namespace (default: `default`). Documents with another namespace are refused',
      }),
      dryRun: Flag.optional().openapi({
        description: 'Show what would happen, with each plan; store and start nothing',
      }),
      replace: Flag.optional().openapi({
        description: 'An existing run with another spec is cancelled and deleted first. This can take 45 s',
      }),
    }),
    body: { required: true, content },
  },
  responses: {
    200: {
      description: 'The result of each document; at least one was not refused',
      content: {
        'application/json': { schema: z.object({ results: z.array(ManifestResult) }).openapi('Submission') },
      },
    },
    ...problems(403, 413, 415, 422, 503),
  },
})

export const manifestRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>().openapi(postManifests, async (c) => {
    const input = { ...defined(c.req.valid('query')), text: await readText(c) }
    return c.json({ results: await submitManifests(callOf(c, deps, input)) }, 200)
  })

import { afterEach, expect, it } from 'vitest'
import { configMaps, createFakeServer, type FakeServer, reply, status } from './fake-server.ts'

let server: FakeServer | undefined
afterEach(() => server?.close())

it('a list whose continue token expires is read again from the beginning', async () => {
  let expired = 0
  server = await createFakeServer((_, response, url) => {
    const next = url.searchParams.get('continue')
    if (next === 'old' && expired++ === 0)
      return reply(response, 410, status(410, 'Expired', 'the continue token is too old'))
    if (next) return reply(response, 200, configMaps(['c'], '9'))
    reply(response, 200, configMaps(['a', 'b'], '9', 'old'))
  })
  const { items, resourceVersion } = await server.kube.list('/api/v1/configmaps', { selector: 'x=y' })
  expect(items.map(({ metadata }) => (metadata as { name: string }).name)).toEqual(['a', 'b', 'c'])
  expect(resourceVersion).toBe('9')
  expect(server.asked).toHaveLength(4)
  expect(server.asked.every((one) => one.includes('labelSelector=x%3Dy'))).toBe(true)
})

it('a list whose continue token expires every time fails', async () => {
  server = await createFakeServer((_, response, url) => {
    if (url.searchParams.has('continue')) return reply(response, 410, status(410, 'Expired', 'too old'))
    reply(response, 200, configMaps(['a'], '9', 'old'))
  })
  await expect(server.kube.list('/api/v1/configmaps')).rejects.toMatchObject({
    status: 410,
    reason: 'Expired',
  })
})

it('items get the kind that the server omits, and listAs keeps only what it reads of each', async () => {
  server = await createFakeServer((_, response) => reply(response, 200, configMaps(['a'])))
  const { items } = await server.kube.list('/api/v1/configmaps')
  expect(items).toMatchObject([{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { managedFields: [{}] } }])
  const kinds = await server.kube.listAs('/api/v1/configmaps', ({ kind }) => kind)
  expect(kinds.items).toEqual(['ConfigMap'])
})

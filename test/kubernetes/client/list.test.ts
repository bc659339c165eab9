import { afterEach, expect, it } from 'vitest'
import { configMaps, createFakeServer, type FakeServer, reply, status } from './fake-server.ts'

let server: FakeServer | undefined
afterEach(() => server?.close())

it('a list whose moment is forgotten half way is read again from its beginning', async () => {
  let forgotten = 0
  server = await createFakeServer((_, response, url) => {
    const next = url.searchParams.get('continue')
    if (next === 'old' && forgotten++ === 0)
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

it('a list that is forgotten every time is an error in the end', async () => {
  server = await createFakeServer((_, response, url) => {
    if (url.searchParams.has('continue')) return reply(response, 410, status(410, 'Expired', 'too old'))
    reply(response, 200, configMaps(['a'], '9', 'old'))
  })
  await expect(server.kube.list('/api/v1/configmaps')).rejects.toMatchObject({
    status: 410,
    reason: 'Expired',
  })
})

it('items get the kind that the server leaves out, and of each only that is kept which is asked for', async () => {
  server = await createFakeServer((_, response) => reply(response, 200, configMaps(['a'])))
  const { items } = await server.kube.list('/api/v1/configmaps')
  expect(items).toMatchObject([{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { managedFields: [{}] } }])
  const kinds = await server.kube.listAs('/api/v1/configmaps', ({ kind }) => kind)
  expect(kinds.items).toEqual(['ConfigMap'])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKube, type Kube } from '../../../src/kubernetes/client/client.ts'
import { createCatalog } from '../../../src/kubernetes/objects/catalog.ts'
import { installCrds } from '../../../src/kubernetes/objects/install.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { definitionTypes } from '../../../src/manifests/kinds/kinds.ts'
import { INSTANCE_LABEL, TEMPLATE_ANNOTATION } from '../../../src/model/labels.ts'
import type { Catalog } from '../../../src/operations/ports/catalog.ts'
import { dropNamespace, makeNamespace } from '../../e2e/cluster.ts'
import { clusterConfig, configThrough, hasCluster } from '../client/cluster.ts'
import { startTcpProxy } from '../client/tcp-proxy.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

describe.skipIf(!hasCluster)('the catalog in a cluster', () => {
  let kube: Kube
  let catalog: Catalog
  let namespace: string

  beforeAll(async () => {
    kube = createKube(clusterConfig())
    catalog = createCatalog(kube, { instance: 'here' })
    await installCrds(kube)
    namespace = await makeNamespace('catalog', kube)
  })
  afterAll(async () => {
    await dropNamespace(namespace, kube)
    await kube.close()
  })

  const pod = { spec: { containers: [{ name: 'c', image: 'a', someday: { deep: [1, null] } }] } }
  const template = (name: string, more: JsonObject = {}): JsonObject => ({
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'JobTemplate',
    metadata: { name, namespace },
    spec: { jobTemplate: { template: pod } },
    ...more,
  })
  const refOf = (name: string) => ({ ...definitionTypes.JobTemplate, namespace, name })

  it('stores an object unchanged', async () => {
    const made = await catalog.create(template('kept'))
    expect(made).toMatchObject({
      kind: 'JobTemplate',
      metadata: { name: 'kept' },
      spec: { jobTemplate: { template: pod } },
    })
    expect((await catalog.get(refOf('kept')))?.spec).toEqual(made.spec)
    expect(
      (await catalog.list(definitionTypes.JobTemplate, namespace)).map(({ kind, metadata }) => [
        kind,
        metadata.name,
      ]),
    ).toEqual([['JobTemplate', 'kept']])
    expect((await catalog.list(definitionTypes.JobTemplate)).length).toBeGreaterThan(0)
  })

  it('replaces only the given version', async () => {
    const { metadata } = await catalog.create(template('versions'))
    const labelled = template('versions', { metadata: { name: 'versions', namespace, labels: { a: 'b' } } })
    const second = await catalog.replace(labelled, metadata.resourceVersion)
    expect(second.metadata).toMatchObject({ uid: metadata.uid, labels: { a: 'b' } })
    await expect(catalog.replace(labelled, metadata.resourceVersion)).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('deletes only the given uid, and succeeds if the object does not exist', async () => {
    const { metadata } = await catalog.create(template('deleted'))
    await expect(catalog.delete(refOf('deleted'), { uid: 'another' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await catalog.delete(refOf('deleted'), { uid: metadata.uid })
    await catalog.delete(refOf('deleted'))
    expect(await catalog.get(refOf('deleted'))).toBeUndefined()
  })

  it('adds annotations to the existing ones', async () => {
    await catalog.create(
      template('marked', { metadata: { name: 'marked', namespace, annotations: { a: '1' } } }),
    )
    await catalog.annotate(refOf('marked'), { b: '2' })
    expect((await catalog.get(refOf('marked')))?.metadata.annotations).toMatchObject({ a: '1', b: '2' })
    await expect(catalog.annotate(refOf('nobody'), { b: '2' })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('finds the Jobs of a template by its whole name, dots included, and only those of this installation', async () => {
    const job = (name: string, of: string, instance = 'here'): Promise<JsonObject> =>
      kube.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          labels: { [INSTANCE_LABEL]: instance },
          annotations: { [TEMPLATE_ANNOTATION]: of },
        },
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] } },
        },
      })
    await job('b', `${namespace}.my.template`)
    await job('a', `${namespace}.my.template`)
    await job('c', `${namespace}.my`)
    await job('d', `${namespace}.my.template.v2`)
    await job('e', `${namespace}.my.template`, 'elsewhere')
    expect(await catalog.jobsOfTemplate(namespace, 'my.template')).toEqual(['a', 'b'])
    expect(await catalog.jobsOfTemplate(namespace, 'my')).toEqual(['c'])
  })

  describe('refuses with the reason:', () => {
    it('a name that already exists', async () => {
      await catalog.create(template('twice'))
      await expect(catalog.create(template('twice'))).rejects.toMatchObject({ code: 'conflict' })
    })

    it('a namespace that does not exist, with the command that creates it', async () => {
      const lost = template('lost', { metadata: { name: 'lost', namespace: 'no-such-place' } })
      await expect(catalog.create(lost)).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining('kubectl create namespace no-such-place'),
      })
    })

    it('an object that the API server refuses, field by field', async () => {
      const bad = template('Not_a_Name', { spec: { jobTemplate: 7 } })
      await expect(catalog.create(bad)).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('metadata.name'),
        issues: expect.arrayContaining([
          expect.objectContaining({ path: 'metadata.name', rule: 'invalid' }),
          expect.objectContaining({ path: 'spec.jobTemplate', rule: 'type-invalid' }),
        ]),
      })
    })

    it('an unknown field', async () => {
      await expect(
        catalog.create(template('slip', { spec: { jobTemplate: {}, jobTemplates: {} } })),
      ).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('spec.jobTemplates'),
      })
    })

    it.each(['', '.', '..', '../../secrets', 'a/status', '%2e%2e'])('an invalid name: %j', async (name) => {
      expect(await catalog.get(refOf(name))).toBeUndefined()
      await catalog.delete(refOf(name))
      await expect(catalog.annotate(refOf(name), {})).rejects.toMatchObject({ code: 'not-found' })
    })

    it('an unreachable API server', async () => {
      const proxy = await startTcpProxy(1)
      const away = createKube(configThrough(proxy.port))
      const lost = createCatalog(away, { instance: 'here' })
      await expect(lost.ping()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(lost.get(refOf('x'))).rejects.toMatchObject({ code: 'unavailable' })
      await away.close()
      await proxy.close()
    })
  })

  it('answers a ping', () => catalog.ping())

  it('installs its CRDs again without a change, even concurrently', async () => {
    const versions = async (): Promise<unknown[]> =>
      (await kube.list(crds)).items
        .map(({ metadata }) => metadata as JsonObject)
        .filter(({ name }) => String(name).endsWith('.api.practice.com'))
        .map(({ name, generation }) => [name, generation])
    const before = await versions()
    await Promise.all([installCrds(kube), installCrds(kube)])
    expect(await versions()).toEqual(before)
  })
})

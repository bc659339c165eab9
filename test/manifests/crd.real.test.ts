import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { createKube } from '../../src/kubernetes/client/client.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { decode } from '../../src/manifests/decode.ts'
import { kindRow } from '../../src/manifests/kinds/kinds.ts'
import type { TypeMeta } from '../../src/manifests/type-meta.ts'
import { container, daemonJob, FLOW, head, JOB, jobFlow, jobTemplate, named } from './manifests.ts'

const stack = inject('stack')
const config = new KubeConfig()
config.loadFromFile(stack.kubeconfig)
config.setCurrentContext(stack.context)
const kube = createKube(config)
afterAll(() => kube.close())

/** Asks the API server to take it and keep nothing. */
const dryRun = (object: JsonObject, type: TypeMeta): Promise<JsonObject> => {
  const { apiVersion, plural } = kindRow(type)
  return kube.create(`/apis/${apiVersion}/namespaces/default/${plural}`, object, {
    dryRun: 'All',
    fieldValidation: 'Strict',
  })
}
const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value))

const examples = ['diamond', 'templates', 'every-node', 'on-failure', 'shared-volume'].map(
  (name): [string, string] => [
    `examples/${name}.yaml`,
    readFileSync(join(import.meta.dirname, `../../examples/${name}.yaml`), 'utf8'),
  ],
)

describe('what the decoder takes, the API server takes and keeps as it is', () => {
  it.each([
    ...examples,
    ['null in a container', container('image: a, command: null, resources: {limits: {cpu: 1}}')],
    ['unknown fields of a pod', container('image: a, later: {z: [1, {b: null}]}')],
    [
      'unknown fields of a JobSpec',
      daemonJob('template: {spec: {containers: [{name: c, image: a}]}}\nlater: {a: 1}'),
    ],
    ['an empty reference', jobFlow(`flows: [{name: a, jobTemplateRef: "", jobTemplate: ${JOB}}]`)],
    ['an empty ErrorHandler', jobFlow(`flows: [${FLOW}]\nErrorHandler: {}`)],
  ])('%s', async (_, text) => {
    const docs = decode(text)
    expect(docs.flatMap(({ issues }) => issues)).toEqual([])
    for (const { manifest } of docs) {
      if (manifest) expect((await dryRun(plain(manifest), manifest)).spec).toEqual(plain(manifest.spec))
    }
  })

  it('what nobody set, which the API server drops as the decoder does', async () => {
    const spec = {
      globalParams: null,
      shareVolumes: null,
      flows: [{ name: 'a', dependencies: null, jobTemplateRef: 't' }],
    }
    const object = {
      apiVersion: 'api.practice.com/v1alpha1',
      kind: 'JobFlow',
      metadata: { name: 'x' },
      spec,
    }
    const [doc] = decode(JSON.stringify(object))
    expect((await dryRun(object, object)).spec).toEqual(doc?.manifest?.spec)
  })
})

describe('what the API server refuses without us', () => {
  it.each([
    ['no flows', jobFlow('flows: []')],
    ['a flow without job', jobFlow('flows: [{name: a}]')],
    ['a slip of the pen', jobFlow('flows: [{name: a, jobTemplateRef: t, dependancies: [b]}]')],
    ['a number for a text', container('image: a, env: [{name: P, value: 8080}]')],
    [
      'a list of nodes',
      daemonJob('excludeNodeList: [a]\ntemplate: {spec: {containers: [{name: c, image: a}]}}'),
    ],
    ['no containers', jobTemplate('{template: {spec: {}}}')],
    ['an image that is none', container('image: <put yours here>')],
    ['no spec', head('JobFlow')],
    ['a name in upper case', named('{name: Nightly}')],
  ])('%s', async (_, text) => {
    const [doc] = decode(text)
    expect(doc?.manifest).toBeUndefined()
    const object: JsonObject = parse(text)
    const kind = object.kind === 'DaemonJob' || object.kind === 'JobTemplate' ? object.kind : 'JobFlow'
    await expect(dryRun(object, { apiVersion: 'api.practice.com/v1alpha1', kind })).rejects.toThrow(
      /invalid|unknown field/,
    )
  })
})

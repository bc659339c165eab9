import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { createKube } from '../../src/kubernetes/client/client.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { decode } from '../../src/manifests/decode.ts'
import { kindRow } from '../../src/manifests/kinds/kinds.ts'
import { container, daemonJob, FLOW, head, JOB, jobFlow, jobTemplate, named } from './manifests.ts'

const stack = inject('stack')
const config = new KubeConfig()
config.loadFromFile(stack.kubeconfig)
config.setCurrentContext(stack.context)
const kube = createKube(config)
afterAll(() => kube.close())

/** Creates the object as a dry run. */
const dryRun = (object: JsonObject, type: Parameters<typeof kindRow>[0]): Promise<JsonObject> => {
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

describe('what the decoder accepts, the API server accepts and stores unchanged:', () => {
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

  it('null fields, which the API server drops as the decoder does', async () => {
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

describe('what the decoder refuses, the API server refuses too:', () => {
  it.each([
    ['no flows', jobFlow('flows: []')],
    ['a flow without job', jobFlow('flows: [{name: a}]')],
    ['a misspelled field', jobFlow('flows: [{name: a, jobTemplateRef: t, dependancies: [b]}]')],
    ['a number for a string', container('image: a, env: [{name: P, value: 8080}]')],
    [
      'a list of nodes',
      daemonJob('excludeNodeList: [a]\ntemplate: {spec: {containers: [{name: c, image: a}]}}'),
    ],
    ['no containers', jobTemplate('{template: {spec: {}}}')],
    ['an invalid image', container('image: <put yours here>')],
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

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sameJson } from '../../src/lib/json.ts'
import { decode, toIssue } from '../../src/manifests/decode.ts'
import { container, daemonJob, FLOW, head, JOB, jobFlow, jobTemplate } from './manifests.ts'

const root = join(import.meta.dirname, '../..')
const samples = join(root, '../shared/manifests/job-deploy-operator')
const only = (text: string) => {
  const [doc, second] = decode(text)
  if (!doc || second) throw new Error('not one document')
  return doc
}

describe('accepted:', () => {
  it.each(globSync('examples/*.yaml', { cwd: root }))('%s', (file) => {
    expect(decode(readFileSync(join(root, file), 'utf8')).flatMap(({ issues }) => issues)).toEqual([])
  })

  it.skipIf(!existsSync(samples))(`the sample manifests (skipped where ${samples} is absent)`, () => {
    const files = globSync('**/*.yaml', { cwd: samples, exclude: ['crds/**', 'jobflow/local-pv.yaml'] })
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const docs = decode(readFileSync(join(samples, file), 'utf8'))
      expect(docs.length, file).toBeGreaterThan(0)
      for (const { issues, manifest } of docs) {
        expect(issues, file).toEqual([])
        expect(manifest, file).toBeDefined()
      }
    }
  })

  it.each([
    ['dependencies that are null', jobFlow(`flows: [{name: a, dependencies: null, jobTemplate: ${JOB}}]`)],
    ['a flow by reference alone', jobFlow('flows: [{name: a, jobTemplateRef: t}]')],
    ['anything beside a reference', jobFlow('flows: [{name: a, jobTemplateRef: t, jobTemplate: {x: 1}}]')],
    [
      'an empty reference beside a template',
      jobFlow(`flows: [{name: a, jobTemplateRef: "", jobTemplate: ${JOB}}]`),
    ],
    [
      'globalParams with everything commented out',
      jobFlow(`globalParams:\n  # nodeName: n\nflows: [${FLOW}]`),
    ],
    ['an ErrorHandler that is a script alone', jobFlow(`flows: [${FLOW}]\nErrorHandler: {script: echo}`)],
    ['an empty ErrorHandler', jobFlow(`flows: [${FLOW}]\nErrorHandler: {}`)],
    ['a status, which is ignored', `${jobFlow()}status: {state: Running}\n`],
    [
      'any restartPolicy',
      jobTemplate('{template: {spec: {restartPolicy: Always, containers: [{name: c, image: a}]}}}'),
    ],
    [
      'unknown fields of a JobSpec',
      daemonJob('template: {spec: {containers: [{name: c, image: a}]}}\nfoo: {bar: 1}'),
    ],
    [
      'a dependency that names no flow',
      jobFlow(`flows: [{name: a, dependencies: [ghost], jobTemplate: ${JOB}}]`),
    ],
    ['null in a container, as in Kubernetes', container('image: a, command: null, env: null')],
    ['an image by digest and port', container(`image: "r.example:5000/a/b@sha256:${'0'.repeat(64)}"`)],
    ['quantities as numbers', container('image: a, resources: {limits: {cpu: 1, memory: 64Mi}}')],
    ['JSON', JSON.stringify(only(jobFlow()).manifest)],
    ['JSON over several lines, with tabs', JSON.stringify(only(jobFlow()).manifest, null, '\t')],
    ['Windows line ends', jobFlow().replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${jobFlow()}`],
  ])('%s', (_, text) => {
    expect(only(text).issues).toEqual([])
  })

  it("null and empty values that Go's types write for unset fields are dropped", () => {
    const unset = '{template: {metadata: {creationTimestamp: null}, spec: {containers: null}}}'
    const { manifest } = only(
      jobFlow(
        `globalParams: {}\nshareVolumes: null\nErrorHandler: {containers: null, jobTemplate: ${unset}}\n` +
          `flows: [{name: a, dependencies: null, jobTemplateRef: t, jobTemplate: ${unset}, shareVolumeMounts: null}]`,
      ),
    )
    expect(manifest?.spec).toEqual({ globalParams: {}, flows: [{ name: 'a', jobTemplateRef: 't' }] })
  })
})

describe('a decoded text', () => {
  it('keeps a pod spec complete, unchanged and in order', () => {
    const pod =
      '{"zebra":[1,{"b":null,"a":[]}],"containers":[{"tty":true,"image":"a","name":"c"}],"affinity":{}}'
    const { manifest } = only(
      jobTemplate(`{"z":0.5,"template":{"spec":${pod},"metadata":{}},"suspend":false}`),
    )
    expect(JSON.stringify(manifest?.spec)).toBe(
      `{"jobTemplate":{"z":0.5,"template":{"spec":${pod},"metadata":{}},"suspend":false}}`,
    )
  })

  it('has its anchors and merge keys expanded', () => {
    const { manifest } = only(
      jobFlow(`flows:\n- &a\n  name: a\n  jobTemplate: ${JOB}\n- <<: *a\n  name: b\n  dependencies: [a]`),
    )
    expect(manifest).toMatchObject({ spec: { flows: [{ name: 'a' }, { name: 'b', dependencies: ['a'] }] } })
    const [first, second] = manifest?.kind === 'JobFlow' ? manifest.spec.flows : []
    expect(sameJson(first?.jobTemplate, second?.jobTemplate)).toBe(true)
  })

  it('has its documents numbered in order, without the empty ones', () => {
    const docs = decode(`# licence\n---\n${jobFlow()}---\n\n---\n# nothing\n---\n${jobTemplate()}...\n`)
    expect(docs.map(({ document, kind }) => [document, kind])).toEqual([
      [1, 'JobFlow'],
      [2, 'JobTemplate'],
    ])
    expect(decode('')).toEqual([])
    expect(decode('# nothing\n---\n')).toEqual([])
  })

  it('has the items of a List as its documents', () => {
    const items = [1, 2].map((n) => ({ ...only(jobFlow()).manifest, metadata: { name: `n${n}` } }))
    const docs = decode(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...items, 5] }, null, 1))
    expect(docs.map(({ name, manifest }) => [name, manifest !== undefined])).toEqual([
      ['n1', true],
      ['n2', true],
      [undefined, false],
    ])
    expect(docs[2]?.issues).toMatchObject([{ document: 3, path: '', rule: 'type' }])
    expect(docs[1]?.locate(['metadata', 'name'])?.line).toBeGreaterThan(
      docs[0]?.locate(['metadata'])?.line ?? 0,
    )
  })

  it('has its kind and name even if it is refused', () => {
    const [doc] = decode('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: ns}\n')
    expect(doc).toMatchObject({ apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'ns' })
    expect(doc?.manifest).toBeUndefined()
  })
})

describe('a broken document does not affect the others:', () => {
  it.each([
    ['an open bracket', 'a: [1\n'],
    ['an open quote', 'a: "b\n'],
    ['bad indentation', 'a: 1\n b: 2\n'],
    ['a tab', 'a:\n\tb: 1\n'],
    ['an alias without anchor', 'a: *b\n'],
    ['a foreign kind', 'apiVersion: v1\nkind: Pod\n'],
  ])('%s', (_, broken) => {
    const docs = decode(`${jobFlow()}---\n${broken}---\n${jobTemplate()}`)
    expect(docs.map(({ manifest }) => manifest?.kind)).toEqual(['JobFlow', undefined, 'JobTemplate'])
    expect(docs[1]?.issues[0]?.line).toBeGreaterThan(jobFlow().split('\n').length)
  })
})

describe('toIssue', () => {
  const doc = only(`${head('JobFlow')}spec:\n  flows:\n    - name: a\n      jobTemplateRef: t\n`)
  it.each([
    [['spec', 'flows', 0, 'name'], { path: 'spec.flows[0].name', line: 6, column: 13 }],
    [['spec', 'flows', 0, 'jobTemplate', 'x'], { path: 'spec.flows[0].jobTemplate.x', line: 6, column: 7 }],
    [['spec', 'flows', 7], { path: 'spec.flows[7]', line: 5, column: 3 }],
    [['status', 'state'], { path: 'status.state', line: 1, column: 1 }],
    [[], { path: '', line: 1, column: 1 }],
  ])('%j has its own position, or that of its closest parent', (path, place) => {
    const issue = toIssue(doc, { path, rule: 'r', message: 'm' })
    expect(issue).toEqual({ document: 1, rule: 'r', message: 'm', ...place })
  })

  it('an issue of the whole text has no position', () => {
    const [whole] = decode(jobFlow().repeat(0) + '---\na: 1\n'.repeat(101))
    if (!whole) throw new Error('no document')
    const issue = toIssue(whole, { path: ['spec'], rule: 'r', message: 'm' })
    expect(issue).toEqual({ document: 1, path: 'spec', rule: 'r', message: 'm' })
  })
})

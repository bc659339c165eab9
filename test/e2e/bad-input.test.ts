import { describe, expect, it } from 'vitest'
import { apiUrl, post, startRun, untilEnded } from './api.ts'
import { kube, namespaceOfFile } from './cluster.ts'

const namespace = await namespaceOfFile('bad')

const flow = (name: string, rest = '') => `
apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: ${name} }
spec:
  flows:
    - name: a
      ${rest}
      jobTemplate: { template: { spec: { containers: [{ name: c, image: 'busybox:1.28', command: ['true'] }] } } }
`

async function countObjects(): Promise<number> {
  const lists = ['jobflows', 'jobtemplates', 'daemonjobs'].map((plural) =>
    kube().list(`/apis/api.practice.com/v1alpha1/namespaces/${namespace}/${plural}`),
  )
  const jobs = await kube().list(`/apis/batch/v1/namespaces/${namespace}/jobs`)
  return (await Promise.all(lists)).reduce((count, { items }) => count + items.length, jobs.items.length)
}

describe('invalid input is refused with a clear message and creates nothing:', () => {
  it.each([
    ['broken YAML', 'kind: JobFlow\n  bad: [', /line \d|yaml/i],
    ['text that is not a manifest', 'hello', /object|mapping|kind/i],
    ['an unknown kind', 'apiVersion: v9\nkind: Sandwich\nmetadata: {name: x}', /Sandwich/],
    ['a number where a string must be', flow('x').replace("'true'", '8080'), /8080|string/],
    ['a misspelled field', flow('x', 'dependecies: []'), /dependencies/],
    ['a cycle', flow('x', 'dependencies: [a]'), /a → a/],
    ['a name over 63 characters', flow('x'.repeat(70)), /63/],
    ['Unicode in a name', flow('café'), /caf/],
    ['upper case in a name', flow('Upper'), /Upper/],
    ['300 documents', Array.from({ length: 300 }, (_, n) => flow(`f${n}`)).join('\n---\n'), /100/],
  ])('%s', async (_, text, expected) => {
    const { status, body } = await post(text, namespace)
    expect(status).toBe(422)
    expect(body).toMatchObject({ status: 422, type: expect.any(String), title: expect.any(String) })
    expect(JSON.stringify(body)).toMatch(expected)
    expect(JSON.stringify(body).length).toBeLessThan(20_000)
    expect(await countObjects()).toBe(0)
  })

  it('a body of 5 MB', async () => {
    const { status, body } = await post(`# ${'x'.repeat(5_000_000)}\n${flow('big')}`, namespace)
    expect(status).toBe(413)
    expect(JSON.stringify(body)).toMatch(/3/)
    expect(await countObjects()).toBe(0)
  })

  it('all issues are reported at once, each with document, path and line', async () => {
    const { body } = await post(
      `${flow('one', 'dependecies: []')}\n---\n${flow('Two', 'dependencies: [a]')}`,
      namespace,
    )
    const issues = body.results.flatMap((result: { issues: unknown[] }) => result.issues)
    expect(issues).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ document: 1, path: expect.stringContaining('spec.flows[0]'), line: 8 }),
        expect.objectContaining({ document: 2, path: 'metadata.name', line: expect.any(Number) }),
      ]),
    )
  })

  it('an invalid document does not affect a valid one in the same request', async () => {
    const { status, body } = await post(`${flow('Bad')}\n---\n${flow('good')}`, namespace)
    expect(status).toBe(200)
    expect(body.results).toMatchObject([{ result: 'refused' }, { result: 'created' }])
    expect((await untilEnded(body.results[1].runId)).phase).toBe('Succeeded')
  })

  it('a dry run stores and starts nothing, and shows the plan', async () => {
    const before = await countObjects()
    const { status, body } = await post(flow('dry'), namespace, '&dryRun=true')
    expect(status).toBe(200)
    expect(body.results[0].plan).toMatchObject({ kind: 'JobFlow', nodes: [{ id: 'a', objectName: 'dry-a' }] })
    expect(await countObjects()).toBe(before)
  })

  it('a namespace that does not exist is reported with the command that creates it', async () => {
    const { status, body } = await post(flow('lost'), 'no-such-namespace')
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('kubectl create namespace no-such-namespace')
  })

  it('the API is still ready and starts runs afterwards', async () => {
    expect((await fetch(`${apiUrl()}/readyz`)).status).toBe(200)
    expect((await untilEnded(await startRun(flow('after-all'), namespace))).phase).toBe('Succeeded')
  })
})

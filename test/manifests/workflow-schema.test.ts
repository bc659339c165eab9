import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/manifests/decode.ts'
import { workflowSchema } from '../../src/manifests/kinds/jobnetes/workflow-schema.ts'

const validate = new Ajv2020({ strict: false }).compile(workflowSchema)
const job = { spec: { template: { spec: { containers: [{ name: 'c', image: 'busybox' }] } } } }
const task = (more: object): object => ({ name: 'a', type: 'kube-job', job, ...more })
const parallel = (...sets: object[][]): object => ({ name: 'p', type: 'parallel', 'task-sets': sets })

/** So that authors can validate a Workflow before they post it. */
describe('the published JSON schema agrees with what is accepted', () => {
  it.each([
    ['one job', [task({})]],
    ['every spelling of a job', [task({ type: 'kubejob' })]],
    ['a full Job', [task({ job: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, ...job } })]],
    ['unknown keys', [task({ comment: 'mine' })]],
    [
      'a branch',
      [
        task({ next: 'b' }),
        { name: 'b', type: 'branch', tasks: [{ condition: '$ == 1', next: 'c' }] },
        task({ name: 'c' }),
      ],
    ],
    [
      'a choice-job',
      [{ name: 'b', type: 'choice-job', tasks: [{ condition: '$ == 1', next: 'c' }] }, task({ name: 'c' })],
    ],
    [
      'parallels within parallels',
      [parallel([task({})], [{ ...parallel([task({ name: 'd' })]), name: 'q', type: 'parallel-job' }])],
    ],
  ])('accepts %s', (_, tasks) => {
    const value = { name: 'net', tasks }
    expect(decode(JSON.stringify(value))[0]?.issues).toEqual([])
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each([
    ['no tasks', { name: 'net', tasks: [] }],
    ['no name', { tasks: [task({})] }],
    ['an empty name', { name: '', tasks: [task({})] }],
    ['an unknown type', { name: 'net', tasks: [task({ type: 'cron' })] }],
    ['a task without a name', { name: 'net', tasks: [{ type: 'kube-job', job }] }],
    ['a job without its job', { name: 'net', tasks: [{ name: 'a', type: 'kube-job' }] }],
    ['an invalid job', { name: 'net', tasks: [task({ job: { x: 1 } })] }],
    [
      'a container without image',
      {
        name: 'net',
        tasks: [task({ job: { spec: { template: { spec: { containers: [{ name: 'c' }] } } } } })],
      },
    ],
    ['a parallel without sets', { name: 'net', tasks: [{ name: 'p', type: 'parallel' }] }],
    ['an empty set', { name: 'net', tasks: [parallel([])] }],
    ['a nested mistake', { name: 'net', tasks: [parallel([parallel([task({ type: 'x' })])])] }],
    ['a branch without conditions', { name: 'net', tasks: [{ name: 'b', type: 'branch', tasks: [] }] }],
    [
      'a condition without next',
      { name: 'net', tasks: [{ name: 'b', type: 'branch', tasks: [{ condition: '$ == 1' }] }] },
    ],
    ['an empty next', { name: 'net', tasks: [task({ next: '' })] }],
  ])('refuses %s', (_, value) => {
    expect(validate(value)).toBe(false)
    expect(decode(JSON.stringify(value))[0]?.issues).not.toEqual([])
  })
})

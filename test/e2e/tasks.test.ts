import { describe, expect, it } from 'vitest'
import { cancel, getRun, logOf, post, startRun, untilEnded, untilRun } from './api.ts'
import { dropNamespace, jobs, makeNamespace, namesOf, namespaceOfFile, pods } from './cluster.ts'
import { nodeOf, stepsOf } from './run-status.ts'
import { samplesOf } from './samples.ts'

const samples = samplesOf('taskflow-operator')

/** This image cannot be pulled here: busybox replaces it, with the effect of its ENTRYPOINT. */
const demo = 'devopscube/kubernetes-job-demo:latest'
const withStub = (text: string): string =>
  text.replaceAll(demo, 'busybox:1.28').replace(/args: \[\s*"(\d+)"\s*\]/g, 'args: ["echo", "demo $1"]')

const namespace = await namespaceOfFile('tasks')

describe.skipIf(!samples.exist)('the samples of taskflow-operator', { concurrent: true }, () => {
  it.each(['task_example.yaml', 'readme/README-block1.yaml'])(
    '%s: the steps run in order in one pod, and the last one names the image that it waits for',
    async (file) => {
      const own = await makeNamespace('tasks-sample')
      const id = await startRun(samples.read(file), own)
      const run = await untilRun(id, 'waits for the image', (one) =>
        JSON.stringify(nodeOf(one, 'steps')).includes('kubernetes-job-demo'),
      )
      expect(stepsOf(run).slice(0, 2)).toEqual(['step1: Succeeded', 'step2: Succeeded'])
      expect(nodeOf(run, 'steps').attempts[0]?.steps?.[2]).toMatchObject({
        name: 'step3',
        phase: 'Pending',
        message: expect.stringContaining(demo),
      })
      expect(await logOf(id, 'steps')).toBe('step1\nstep2\n')
      const all = await pods(own)
      expect(all).toMatchObject([
        {
          metadata: { labels: { type: 'taskpod', taskname: 'example-taskflow' } },
          spec: { restartPolicy: 'Never' },
        },
      ])
      expect(JSON.stringify(all[0]?.metadata)).toContain('task-pod-example-taskflow-')
      await cancel(id)
      expect(await untilEnded(id)).toMatchObject({ phase: 'Cancelled' })
      expect(await pods(own)).toEqual([])
      const stub = withStub(samples.read(file)).replace('name: example-taskflow', 'name: with-stub')
      const done = await untilEnded(await startRun(stub, own))
      expect(done, done.message).toMatchObject({
        phase: 'Succeeded',
        objectStatus: {
          status: 'Successful',
          startAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
          duration: expect.stringMatching(/^\d+s$/),
        },
      })
      await dropNamespace(own)
    },
  )

  it('task_error_example.yaml: a failed step skips the next ones, and its exit code is reported', async () => {
    const id = await startRun(samples.read('task_error_example.yaml'), namespace)
    const run = await untilEnded(id)
    expect(run).toMatchObject({ phase: 'Failed', objectStatus: { status: 'Failure' } })
    expect(run.message).toContain('step step2 exited with code 1')
    expect(stepsOf(run)).toEqual(['step1: Succeeded', 'step2: Failed', 'step3: Skipped'])
    expect(nodeOf(run, 'steps').attempts).toMatchObject([{ exitCode: 1, steps: [{}, { exitCode: 1 }, {}] }])
    expect(await logOf(id, 'steps')).toBe('step1\nstep2\nerror\n')
    expect(await logOf(id, 'steps', '&step=step2')).toBe('step2\nerror\n')
    expect((await getRun(id)).objectStatus, 'the duration no longer changes').toEqual(run.objectStatus)
  })

  it('task_script_example.yaml: a script runs as a file of its own, and exit 0 is a success', async () => {
    const id = await startRun(withStub(samples.read('task_script_example.yaml')), namespace)
    const run = await untilEnded(id)
    expect(run, run.message).toMatchObject({ phase: 'Succeeded', objectStatus: { status: 'Successful' } })
    expect(await logOf(id, 'steps')).toBe('step1\nstep2\nerror\nstep4\nstep4-2\ndemo 100\n')
  })

  it('task_customize_image_example.yaml: an invalid image is refused with its field; with a valid one all steps run', async () => {
    const text = samples.read('task_customize_image_example.yaml')
    const { status, body } = await post(text, namespace)
    expect(status).toBe(422)
    expect(body.issues).toMatchObject([{ path: 'spec.steps[3].image', rule: 'format' }])
    const corrected = text.replace('<填入自定义镜像>', 'busybox:1.28').replace('alpine:3.12', 'busybox:1.28')
    const id = await startRun(corrected, namespace)
    const run = await untilEnded(id)
    expect(run.phase, run.message).toBe('Succeeded')
    expect(await logOf(id, 'steps')).toBe('step1\nstep22222\nstep33333\nstep test2\n')
  })
})

const task = (name: string, steps: string): string => `
apiVersion: api.practice.com/v1alpha1
kind: Task
metadata: { name: ${name} }
spec:
  steps:
${steps.replace(/^/gm, '    ')}
`

it('a Task of ten steps with any names: states are by container, the last step decides, and argv is unchanged', async () => {
  const names = ['zeta', 'alpha', 'step10', 'mid', 'b', 'a', 'z', 'x', 'w', 'last']
  const steps = names.map(
    (name, index) =>
      `- { name: ${name}, image: "busybox:1.28", command: [sh, -c], args: ["echo ${index} a b; exit ${index === 9 ? 7 : 0}", --wait, x] }`,
  )
  const id = await startRun(task('ten', steps.join('\n')), namespace)
  const run = await untilEnded(id)
  expect(run).toMatchObject({ phase: 'Failed', objectStatus: { status: 'Failure' } })
  expect(stepsOf(run)).toEqual(names.map((name) => `${name}: ${name === 'last' ? 'Failed' : 'Succeeded'}`))
  expect(nodeOf(run, 'steps').attempts[0]?.exitCode).toBe(7)
  expect(await logOf(id, 'steps')).toBe(names.map((_, index) => `${index} a b\n`).join(''))
})

it('scripts run with their interpreter line, steps share volumes, and an ended Task never runs again', async () => {
  const steps = `
- name: awk
  image: busybox:1.28
  script: |
    #!/usr/bin/awk -f
    BEGIN { print "by awk" > "/data/said" }
  volumeMounts: [{ name: data, mountPath: /data }]
- name: sh
  image: busybox:1.28
  command: ["false"]
  script: |
    false
    cat /data/said "$0" >/dev/null && cat /data/said
  volumeMounts: [{ name: data, mountPath: /data }]`
  const text = `${task('scripts', steps)}  volumes: [{ name: data, emptyDir: {} }]\n`
  const id = await startRun(text, namespace)
  const run = await untilEnded(id)
  expect(run.phase, JSON.stringify(run)).toBe('Succeeded')
  expect(await logOf(id, 'steps')).toBe('by awk\n')
  expect((await post(text, namespace)).body.results).toMatchObject([{ result: 'unchanged', runId: id }])
  const mine = namesOf(await jobs(namespace)).filter((name) => name.endsWith('-scripts'))
  expect(mine).toEqual(['task-pod-scripts'])
})

it('the output of a Task is the termination message of its last step', async () => {
  const steps = `
- { name: one, image: "busybox:1.28", command: [sh, -c, 'echo first >/dev/termination-log'] }
- { name: two, image: "busybox:1.28", command: [sh, -c, 'echo "{\\"rows\\": 3}" >/dev/termination-log'] }`
  const run = await untilEnded(await startRun(task('output', steps), namespace))
  expect(nodeOf(run, 'steps').output).toEqual({ rows: 3 })
})

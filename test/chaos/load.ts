import type { JsonObject } from '../../src/lib/json.ts'
import type { ExpectedNode, ExpectedRun } from './expected.ts'
import {
  batch,
  container,
  daemonJob,
  isFirst,
  jobFlow,
  jobSpec,
  pipelineRun,
  script,
  task,
  workflow,
} from './manifests.ts'
import type { Random } from './random.ts'
import type { SideEffectLog } from './side-effect-log.ts'

/** Runs of every kind that take a few seconds each. Some of them fail by their plan. */
export function load(log: SideEffectLog, count: number, random: Random, clusterNode: string): ExpectedRun[] {
  const seconds = (): number => random.between(1, 4)
  return Array.from({ length: count }, (_, index) => {
    const make = kinds[index % kinds.length] ?? diamond
    return make(log, `${make.name.toLowerCase()}-${index}`, seconds, clusterNode)
  })
}

type Seconds = () => number

const ran = (step: string): ExpectedNode => ({ phase: 'Succeeded', outcomes: ['succeeded'], steps: [step] })
const failed = (step: string): ExpectedNode => ({ phase: 'Failed', outcomes: ['failed'], steps: [step] })
const skipped: ExpectedNode = { phase: 'Skipped', outcomes: [], steps: [] }

function diamond(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const flow = (step: string, dependencies: string[]): JsonObject => ({
    name: step,
    dependencies,
    jobTemplate: jobSpec(log, step, script(step, seconds())),
  })
  const flows = [flow('a', []), flow('b', ['a']), flow('c', ['a']), flow('d', ['b', 'c'])]
  const nodes = { a: ran('a'), b: ran('b'), c: ran('c'), d: ran('d') }
  return jobFlow(name, { flows }, { phase: 'Succeeded', nodes })
}

function failing(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const flow = (step: string, dependencies: string[], then?: string): JsonObject => ({
    name: step,
    dependencies,
    jobTemplate: jobSpec(log, step, script(step, seconds(), then)),
  })
  const handler = { jobTemplate: jobSpec(log, 'handler', script('ErrorHandler', 1)) }
  const flows = [flow('a', []), flow('bad', ['a'], 'exit 3'), flow('never', ['bad'])]
  const nodes = { a: ran('a'), bad: failed('bad'), never: skipped, ErrorHandler: ran('ErrorHandler') }
  const says = /bad: container bad exited with code 3/
  return jobFlow(name, { flows, ErrorHandler: handler }, { phase: 'Failed', says, nodes })
}

function steps(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const names = ['one', 'two', 'three']
  const all = names.map((step) => container(step, script(step, seconds())))
  const nodes: ExpectedRun['nodes'] = {
    steps: { phase: 'Succeeded', outcomes: ['succeeded'], steps: names },
  }
  return task(log, name, all, { phase: 'Succeeded', nodes })
}

function badStep(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const all = [
    container('one', script('one', seconds())),
    container('two', script('two', seconds(), 'exit 5')),
    container('three', script('three', seconds())),
  ]
  const nodes: ExpectedRun['nodes'] = {
    steps: { phase: 'Failed', outcomes: ['failed'], steps: ['one', 'two', 'three'] },
  }
  return task(log, name, all, { phase: 'Failed', says: /step two exited with code 5/, nodes })
}

function nightly(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const all = ['one', 'two'].map((step) => container(step, script(step, seconds())))
  const nodes: ExpectedRun['nodes'] = {
    steps: { phase: 'Succeeded', outcomes: ['succeeded'], steps: ['one', 'two'] },
  }
  return batch(log, name, all, { phase: 'Succeeded', nodes })
}

/** Fails once by its plan, and is retried from the step that failed. */
function retried(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const all = [
    container('one', script('one', seconds())),
    container('two', script('two', seconds(), `if ${isFirst(name)}; then exit 7; fi`)),
    container('three', script('three', 1)),
  ]
  const nodes: ExpectedRun['nodes'] = {
    steps: { phase: 'Succeeded', outcomes: ['failed', 'succeeded'], steps: ['one', 'two', 'three'] },
  }
  return batch(log, name, all, { phase: 'Succeeded', nodes })
}

function daemon(log: SideEffectLog, name: string, seconds: Seconds, clusterNode: string): ExpectedRun {
  const nodes = { [clusterNode]: ran(clusterNode) }
  const spec = {
    excludeNodeList: FAULT_NODES.join(),
    ...jobSpec(log, 'main', script(clusterNode, seconds())),
  }
  return daemonJob(name, spec, { phase: 'Succeeded', nodes })
}

function branching(log: SideEffectLog, name: string, seconds: Seconds): ExpectedRun {
  const says = `echo '{"score": 7}' >/dev/termination-log`
  const job = (step: string, then?: string): JsonObject => ({
    spec: jobSpec(log, step, script(step, seconds(), then)),
  })
  const kube = (step: string, more: JsonObject = {}, then?: string): JsonObject => ({
    name: step,
    type: 'kube-job',
    job: job(step, then),
    ...more,
  })
  const choices = [
    { condition: '$.score >= 5', next: 'high' },
    { condition: '$.score < 5', next: 'low' },
  ]
  const tasks = [
    kube('score', { next: 'choose' }, says),
    { name: 'choose', type: 'branch', tasks: choices },
    kube('high', { next: 'both' }),
    kube('low'),
    { name: 'both', type: 'parallel', 'task-sets': [[kube('left')], [kube('right')]], next: 'end' },
    kube('end'),
  ]
  const nodes: ExpectedRun['nodes'] = Object.fromEntries(
    ['score', 'high', 'left', 'right', 'end'].map((step) => [step, ran(step)]),
  )
  return workflow(name, tasks, { phase: 'Succeeded', nodes: { ...nodes, low: skipped } })
}

/** Runs until it is cancelled, and must leave no object behind. */
function stream(_: SideEffectLog, name: string): ExpectedRun {
  const web = {
    name: `${name}-web`,
    replicas: 1,
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'web',
          image: 'busybox:1.28',
          command: ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'],
        },
      ],
    },
  }
  const node: ExpectedNode = { phase: 'Cancelled', outcomes: ['cancelled'], steps: [] }
  return pipelineRun(
    name,
    { streamJob: { microServices: [web] } },
    {},
    { phase: 'Cancelled', nodes: { [`${name}-web`]: node }, endless: true },
  )
}

/** Cluster nodes that faults add. The DaemonJob excludes them. */
export const FAULT_NODES = ['removed', 'skewed']

/** Repeated in this order, so that a small load has every kind too. */
const kinds = [diamond, steps, retried, failing, branching, daemon, nightly, badStep, stream, diamond]

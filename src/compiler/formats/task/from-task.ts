import type { JsonObject } from '../../../lib/json.ts'
import { listAt } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { Task } from '../../../manifests/kinds/task.ts'
import { SCRIPT_ANNOTATION } from '../../../model/labels.ts'
import { fitName, MAX_JOB_NAME, taskJobName } from '../../../model/object-names.ts'
import type { Plan } from '../../../model/plan.ts'
import { hasApiAccess } from '../../api-access.ts'
import type { Compiled } from '../../lookup.ts'
import { retryFromAnnotations } from '../../retry-policy.ts'
import { type SequenceStep, STEPS, sequenceBody, toSteps } from '../../sequence.ts'

const SCRIPTS = 'millrace-scripts'
/** Directory of the scripts, fixed by the format. */
const SCRIPT_DIR = '/execute/scripts'
const EXECUTABLE = 0o755
/** The pod's annotations carry the scripts, and Kubernetes limits annotations to 256 KiB. */
const MAX_SCRIPT_BYTES = 200_000

type Step = Task['spec']['steps'][number]

/** A Task is one sequence, in the pod `task-pod-<task>-…`. */
export function fromTask({ metadata, spec }: Task, namespace: string): Required<Compiled> {
  const steps = spec.steps.map(toStep)
  const scripts = spec.steps.flatMap((step, index) => (step.script ? [{ index, text: step.script }] : []))
  const volumes = [
    ...((spec.volumes ?? []) as JsonObject[]),
    ...scriptVolume(scripts.map(({ index }) => index)),
  ]
  const { retry, issues } = retryFromAnnotations(metadata.annotations)
  const body = sequenceBody(steps, {
    labels: { type: 'taskpod', taskname: fitName(metadata.name, MAX_JOB_NAME) },
    annotations: {},
    podAnnotations: Object.fromEntries(scripts.map(({ index, text }) => [SCRIPT_ANNOTATION + index, text])),
    pod: volumes.length > 0 ? { volumes } : {},
  })
  const plan: Plan = {
    version: 1,
    format: 'task',
    kind: 'Task',
    namespace,
    name: metadata.name,
    jobs: { [STEPS]: body },
    nodes: [
      {
        type: 'sequence',
        id: STEPS,
        needs: [],
        objectName: taskJobName(metadata.name),
        job: STEPS,
        retry,
        steps: toSteps(steps),
        ...hasApiAccess(metadata.annotations),
      },
    ],
  }
  return { plan, issues: [...issues, ...tooLong(scripts)], warnings: [] }
}

/**
 * A step without a script runs its command, or the image's ENTRYPOINT. A script is a file: the interpreter of
 * its `#!` line runs it, else sh. A script overrules command and args.
 */
function toStep({ script, ...step }: Step, index: number): SequenceStep {
  if (!script)
    return { name: step.name, container: { ...(step as JsonObject), imagePullPolicy: 'IfNotPresent' } }
  const file = `${SCRIPT_DIR}/${index}`
  const { command: _, args: __, ...container } = step as JsonObject
  const mounts = listAt(container, 'volumeMounts')
  return {
    name: step.name,
    container: {
      ...container,
      command: script.startsWith('#!') ? [file] : ['sh', file],
      volumeMounts: [...mounts, { name: SCRIPTS, mountPath: SCRIPT_DIR, readOnly: true }],
    },
  }
}

/** Mounts the scripts from the pod's annotations, so that no other object is needed. */
function scriptVolume(indexes: readonly number[]): JsonObject[] {
  if (indexes.length === 0) return []
  const items = indexes.map((index) => ({
    path: String(index),
    mode: EXECUTABLE,
    fieldRef: { fieldPath: `metadata.annotations['${SCRIPT_ANNOTATION}${index}']` },
  }))
  return [{ name: SCRIPTS, downwardAPI: { items } }]
}

function tooLong(scripts: readonly { index: number; text: string }[]): Finding[] {
  const bytes = scripts.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0)
  const [first] = scripts
  if (!first || bytes <= MAX_SCRIPT_BYTES) return []
  const message = `the scripts of this Task have ${bytes} bytes in total; the limit is ${MAX_SCRIPT_BYTES}: move long ones into an image or a ConfigMap`
  return [{ path: ['spec', 'steps', first.index, 'script'], rule: 'too-large', message }]
}

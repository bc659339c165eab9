import type { z } from 'zod'
import { parseCondition } from '../../../expressions/condition.ts'
import { isJsonObject, type Json, type JsonObject, toText } from '../../../lib/json.ts'
import type { TaskType } from './task-types.ts'

type Path = (string | number)[]

interface Placed {
  task: JsonObject
  path: Path
  /** Index of its list of tasks; `next` must not lead to another list. */
  set: number
}

/** The body field of each task type, in every spelling. */
const bodies: Record<TaskType, 'job' | 'task-sets' | 'tasks'> = {
  'kube-job': 'job',
  kubejob: 'job',
  parallel: 'task-sets',
  'parallel-job': 'task-sets',
  branch: 'tasks',
  'choice-job': 'tasks',
}

/**
 * Checks what the schema of a single task cannot: bodies that do not match the type, duplicate names and
 * targets of `next`. Accepts unchecked values, so that these issues are reported together with all others.
 */
export function checkTasks(spec: object, ctx: z.RefinementCtx): void {
  const placed = placeTasks(isJsonObject(spec) ? spec.tasks : undefined)
  const add = (path: Path, rule: string, message: string): void =>
    ctx.addIssue({ code: 'custom', path, params: { rule }, message })
  const byName = new Map<string, Placed>()
  for (const one of placed) {
    checkBody(one, add)
    const { name } = one.task
    if (typeof name !== 'string') continue
    if (name === '__proto__') add([...one.path, 'name'], 'value', 'is a reserved word: use another name')
    if (byName.has(name))
      add([...one.path, 'name'], 'doubled-name', `"${name}" is a duplicate task name: give each task its own`)
    else byName.set(name, one)
  }
  for (const one of placed) for (const link of linksOf(one)) checkLink(one, link, byName, placed, add)
  checkCycles(placed, byName, add)
}

type Add = (path: Path, rule: string, message: string) => void

function placeTasks(tasks: Json | undefined): Placed[] {
  const placed: Placed[] = []
  const open: { tasks: Json | undefined; path: Path }[] = [{ tasks, path: ['tasks'] }]
  for (let set = 0; set < open.length; set++) {
    const { tasks: list, path } = open[set] ?? { tasks: [], path: [] }
    for (const [index, task] of (Array.isArray(list) ? list : []).entries()) {
      if (!isJsonObject(task)) continue
      const at = [...path, index]
      placed.push({ task, path: at, set })
      const inner = task['task-sets']
      for (const [number, each] of (Array.isArray(inner) ? inner : []).entries())
        open.push({ tasks: each, path: [...at, 'task-sets', number] })
    }
  }
  return placed
}

function checkBody({ task, path }: Placed, add: Add): void {
  const { type } = task
  const body = typeof type === 'string' && Object.hasOwn(bodies, type) ? bodies[type as TaskType] : undefined
  if (!body) return
  const others = [...new Set(Object.values(bodies))].filter((each) => each !== body && task[each] != null)
  for (const other of others)
    add([...path, other], 'other-type', `is not allowed in a ${type}: remove it, or write another type`)
  if (task[body] == null) add([...path, body], 'required', `is missing: a ${type} requires it`)
  if (body !== 'tasks' || !Array.isArray(task.tasks)) return
  for (const [index, choice] of task.tasks.entries()) {
    const condition = isJsonObject(choice) ? choice.condition : undefined
    if (typeof condition !== 'string' || condition === '') continue
    const parsed = parseCondition(condition)
    if ('problem' in parsed)
      add([...path, 'tasks', index, 'condition'], 'format', `is invalid: ${parsed.problem}`)
  }
}

interface Link {
  to: string
  path: Path
}

/** Links to following tasks: `next`, or those of a branch's conditions. */
function linksOf({ task, path }: Placed): Link[] {
  const choices = Array.isArray(task.tasks) ? task.tasks : []
  return [
    ...(isBranch(task) ? [] : [{ to: task.next, path: [...path, 'next'] }]),
    ...choices.map((choice, index) => ({
      to: isJsonObject(choice) ? choice.next : undefined,
      path: [...path, 'tasks', index, 'next'],
    })),
  ].filter((link): link is Link => typeof link.to === 'string' && link.to !== '')
}

const isBranch = ({ type }: JsonObject): boolean =>
  typeof type === 'string' && Object.hasOwn(bodies, type) && bodies[type as TaskType] === 'tasks'

function checkLink(
  from: Placed,
  { to, path }: Link,
  byName: ReadonlyMap<string, Placed>,
  placed: readonly Placed[],
  add: Add,
): void {
  const target = byName.get(to)
  if (target?.set === from.set) return
  const name = toText(from.task.name)
  const sisters = placed.filter(({ set, task }) => set === from.set && task !== from.task)
  const known = sisters.map(({ task }) => task.name).filter((each) => typeof each === 'string')
  const choice = known.length > 0 ? `write one of ${known.slice(0, 20).join(', ')}` : 'remove it'
  if (!target) add(path, 'unknown-next', `"${to}" of task ${name} does not exist: ${choice}`)
  else add(path, 'foreign-next', `"${to}" of task ${name} is in another list of tasks: ${choice}`)
}

/** Reports every back link of a depth-first search: each closes a cycle. Not recursive, for deep graphs. */
function checkCycles(placed: readonly Placed[], byName: ReadonlyMap<string, Placed>, add: Add): void {
  const done = new Set<Placed>()
  for (const start of placed) {
    const trail: { at: Placed; links: Link[] }[] = []
    const enter = (at: Placed): void => {
      if (!done.has(at)) trail.push({ at, links: linksOf(at) })
    }
    enter(start)
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const link = top.links.shift()
      if (!link) {
        done.add(top.at)
        trail.pop()
        continue
      }
      const target = byName.get(link.to)
      if (!target) continue
      const from = trail.findIndex(({ at }) => at === target)
      if (from < 0) {
        enter(target)
        continue
      }
      const names = [...trail.slice(from).map(({ at }) => toText(at.task.name)), link.to]
      add(link.path, 'cycle', `leads back: the tasks ${names.join(' → ')} form a cycle: remove one next`)
    }
  }
}

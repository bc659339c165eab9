import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What each part may import, by folder; a part may always import itself. Types and values alike. */
const arrows: Record<string, string[]> = {
  'src/notation': ['src/json.ts'],
  'src/spec': ['src/json.ts', 'src/notation', 'zod', 'yaml'],
  'src/plan': ['src/json.ts', 'src/notation', 'src/spec', 'workflows/names.ts'],
  workflows: [
    'src/json.ts',
    'src/notation',
    'src/plan',
    '@temporalio/workflow',
    '@temporalio/common',
    'activities/index.ts',
  ],
  activities: [
    'src/json.ts',
    'src/log.ts',
    'src/in-parallel.ts',
    'src/plan',
    'src/kube',
    'workflows/outcome.ts',
    'workflows/names.ts',
    'workflows/event.ts',
    'workflows/messages.ts',
    '@temporalio/activity',
    '@temporalio/common',
    '@temporalio/client',
    'p-limit',
    'node:',
  ],
  'src/kube': ['src/json.ts', '@kubernetes/client-node', 'undici', 'node:'],
  // No adapter: what they need of the world is in their ports. Of workflows only what is pure.
  'src/operations': [
    'src/json.ts',
    'src/in-parallel.ts',
    'src/spec',
    'src/plan',
    'workflows/messages.ts',
    'workflows/names.ts',
    'workflows/decide/start-attempts.ts',
    'workflows/object-status/object-status.ts',
    'workflows/outcome.ts',
    'workflows/status.ts',
    'node:',
  ],
  // An adapter knows the ports that it serves and the one error, and no verb.
  'src/temporal': [
    'src/json.ts',
    'src/in-parallel.ts',
    'src/notation',
    'src/plan/plan.ts',
    'src/plan/schedule-spec.ts',
    'src/operations/app-error.ts',
    'src/operations/ports.ts',
    'workflows/messages.ts',
    'workflows/names.ts',
    'workflows/object-status/object-status.ts',
    'workflows/outcome.ts',
    'workflows/state.ts',
    'workflows/status.ts',
    '@temporalio/client',
    '@temporalio/worker',
    '@temporalio/common',
    'node:',
  ],
  // HTTP only: beside the verbs nothing but the words that its schemas are made of, each where it is defined.
  api: [
    'package.json',
    'src/json.ts',
    'src/log.ts',
    'src/operations',
    'src/plan/plan.ts',
    'src/plan/schedule-spec.ts',
    'src/spec/issue.ts',
    'src/spec/kinds.ts',
    'src/spec/workflow-schema.ts',
    'workflows/outcome.ts',
    'workflows/status.ts',
    'hono',
    '@hono/node-server',
    '@hono/zod-openapi',
    'node:',
  ],
}

/** The pure half of workflows: no package at all. */
const pure = [
  'apply',
  'apply/attempts',
  'apply/ends',
  'apply/fleet',
  'apply/gates',
  'apply/services',
  'data-env',
  'decide',
  'decide/conclude',
  'decide/next-attempt',
  'body-bytes',
  'decide/start-attempts',
  'decide/start-nodes',
  'event',
  'failure-env',
  'fit-status',
  'messages',
  'names',
  'object-status/execution',
  'object-status/job-list',
  'object-status/object-status',
  'object-status/pipeline-run',
  'object-status/task',
  'outcome',
  'retry',
  'state',
  'status',
  'table',
  'turn',
].map((name) => `workflows/${name}.ts`)

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^'\s]+)'/g)].map(
    ([, name = '']) => (name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name),
  )

describe.each(Object.entries(arrows))('%s', (folder, allowed) => {
  it.each(globSync(`${folder}/**/*.ts`, { cwd: root }))('%s imports only what it may', (file) => {
    const foreign = imports(file).filter(
      (name) =>
        !name.startsWith(`${folder}/`) &&
        !allowed.some((one) => name === one || name.startsWith(one.endsWith(':') ? one : `${one}/`)),
    )
    expect(foreign).toEqual([])
  })
})

it.each(pure)('%s is pure: it imports no package, no clock, no randomness', (file) => {
  expect(imports(file).filter((name) => !name.endsWith('.ts'))).toEqual([])
  expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/Date\.now\(|new Date\(\)|Math\.random\(|await /)
})

it('only src/config.ts reads the environment', () => {
  const readers = globSync('{src,api,workflows,activities}/**/*.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes('process.env'),
  )
  expect(readers).toEqual(['src/config.ts'])
})

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/**
 * What each part may import, types and values alike; a part may always import itself. Folders to come get a row here: the
 * controller and the archive of ended runs beside `api` and `src/temporal`, the typed client with types of `api` alone,
 * and console and command with the client alone.
 */
const arrows: Record<string, string[]> = {
  'src/lib': ['node:'],
  'src/telemetry': ['node:'],
  'src/expressions': ['src/lib'],
  'src/manifests': ['src/lib', 'src/expressions', 'zod', 'yaml'],
  // The shared vocabulary: types and pure functions.
  'src/model': ['src/lib', 'src/expressions', 'src/manifests'],
  'src/compiler': ['src/lib', 'src/expressions', 'src/manifests', 'src/model'],
  workflows: [
    'src/lib',
    'src/expressions',
    'src/model',
    '@temporalio/workflow',
    '@temporalio/common',
    // Only for the type of the activities: their code is not in the workflow bundle.
    'activities/index.ts',
  ],
  // No implementation of a port.
  'src/operations': ['src/lib', 'src/manifests', 'src/model', 'src/compiler', 'node:'],
  // An implementation of ports knows the ports and the error, and no operation.
  'src/kubernetes': [
    'src/lib',
    'src/manifests',
    'src/model',
    'src/operations/app-error.ts',
    'src/operations/ports',
    '@kubernetes/client-node',
    'undici',
    'yaml',
    'node:',
  ],
  'src/temporal': [
    'src/lib',
    'src/expressions',
    'src/model',
    'src/operations/app-error.ts',
    'src/operations/ports',
    '@temporalio/client',
    '@temporalio/worker',
    '@temporalio/common',
    'node:',
  ],
  'src/jobs': [
    'src/lib',
    'src/telemetry',
    'src/model',
    'src/kubernetes/client',
    '@temporalio/client',
    '@temporalio/common',
    'p-limit',
    'node:',
  ],
  activities: [
    'src/lib',
    'src/model',
    'src/compiler',
    'src/kubernetes/client',
    'src/jobs',
    '@temporalio/activity',
    '@temporalio/common',
    '@temporalio/client',
    'p-limit',
    'node:',
  ],
  // HTTP only: the operations, and the vocabulary of its schemas.
  api: [
    'package.json',
    'src/lib',
    'src/telemetry',
    'src/manifests',
    'src/model',
    'src/operations',
    'hono',
    '@hono/node-server',
    '@hono/zod-openapi',
    'node:',
  ],
  'src/config': ['src/manifests', 'src/compiler', 'zod', 'yaml', 'node:'],
  'src/server': ['src', 'api', 'activities', '@temporalio/client', '@temporalio/worker', 'node:'],
  'src/cli': ['src/model', 'node:'],
}

it('nothing under src imports the local stack', () => {
  const all = globSync('{src,api,workflows,activities}/**/*.ts', { cwd: root })
  expect(all.filter((file) => imports(file).some((name) => name.startsWith('deploy/')))).toEqual([])
})

/** The pure half of workflows, which imports no package. */
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
  'object-status/execution',
  'object-status/job-list',
  'object-status/object-status',
  'object-status/pipeline-run',
  'object-status/task',
  'retry',
  'state',
  'status',
  'table',
  'turn',
]
  .map((name) => `workflows/${name}.ts`)
  .concat(globSync('src/{model,compiler,expressions}/**/*.ts', { cwd: root }))

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^'\s]+)'/g)].map(
    ([, name = '']) => (name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name),
  )

describe.each(Object.entries(arrows))('%s', (folder, allowed) => {
  it.each(globSync(`${folder}/**/*.ts`, { cwd: root }))(
    '%s imports only what its folder may import',
    (file) => {
      const foreign = imports(file).filter(
        (name) =>
          !name.startsWith(`${folder}/`) &&
          !allowed.some((one) => name === one || name.startsWith(one.endsWith(':') ? one : `${one}/`)),
      )
      expect(foreign).toEqual([])
    },
  )
})

it.each(pure)('%s is pure: it imports no package, no clock, no randomness', (file) => {
  expect(imports(file).filter((name) => !name.endsWith('.ts'))).toEqual([])
  expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/Date\.now\(|new Date\(\)|Math\.random\(|await /)
})

it('only src/config reads the environment', () => {
  const readers = globSync('{src,api,workflows,activities}/**/*.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes('process.env'),
  )
  expect(readers).toEqual(['src/config/config.ts'])
})

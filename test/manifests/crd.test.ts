import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { crdFile } from '../../deploy/crds/generate.ts'
import { isJsonObject, type Json } from '../../src/lib/json.ts'
import { toCrd } from '../../src/manifests/crd.ts'
import { kinds } from '../../src/manifests/kinds/kinds.ts'

const dir = join(import.meta.dirname, '../../deploy/crds')

it('deploy/crds has exactly one file for each kind', () => {
  expect(globSync('*.yaml', { cwd: dir }).toSorted()).toEqual(
    kinds.map((row) => crdFile(row).name).toSorted(),
  )
})

describe.each(kinds.map((row) => [row.kind, row] as const))('%s', (_, row) => {
  const crd = toCrd(row)
  const schema = at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema')

  it('its file matches the schema: `npm run crds` writes it', () => {
    const { name, text } = crdFile(row)
    expect(readFileSync(join(dir, name), 'utf8')).toBe(text)
    expect(parse(text)).toEqual(JSON.parse(JSON.stringify(crd)))
  })

  it('is structural: the API server accepts each of its schemas', () => {
    const wrong = schemasIn(schema, '').flatMap(([path, each]) =>
      mistakes(each).map((what) => `${path}: ${what}`),
    )
    expect(wrong).toEqual([])
  })

  it('leaves apiVersion, kind and metadata to the API server, and allows any status', () => {
    expect(at(schema, 'properties', 'metadata')).toEqual({ type: 'object' })
    expect(at(schema, 'properties', 'status')).toEqual({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    })
    expect(at(crd, 'spec', 'versions', 0, 'subresources')).toEqual({ status: {} })
  })
})

it.each([
  ['JobFlow', 'jobflows', 'jf', ['Status', 'Age']],
  ['DaemonJob', 'daemonjobs', 'dj', ['Status', 'Age']],
  ['JobTemplate', 'jobtemplates', 'jt', undefined],
  ['Task', 'tasks', 'ta', ['Status', 'Start', 'Duration', 'Age']],
  ['Pipeline', 'pipelines', undefined, undefined, 'controller.ljchen.net'],
  ['PipelineRun', 'pipelineruns', undefined, undefined, 'controller.ljchen.net'],
  ['Workflow', 'workflows', 'wf', undefined, 'jobnetes.com'],
  ['WorkflowExecution', 'workflowexecutions', 'wfe', ['Status', 'Age'], 'jobnetes.com'],
])('kubectl finds %s as %s and %s', (kind, plural, short, columns, group = 'api.practice.com') => {
  const row = kinds.find((each) => each.kind === kind)
  const crd = row && toCrd(row)
  expect(at(crd, 'metadata', 'name')).toBe(`${plural}.${group}`)
  expect(at(crd, 'spec', 'names')).toMatchObject({
    kind,
    plural,
    shortNames: short === undefined ? [] : [short],
  })
  const shown = at(crd, 'spec', 'versions', 0, 'additionalPrinterColumns')
  expect(Array.isArray(shown) ? shown.map((column) => at(column, 'name')) : shown).toEqual(columns)
})

it('a pod spec that a reference overrides may be empty; the pod spec of a template may not', () => {
  const podSpec = (kind: string, ...path: (string | number)[]): Json | undefined => {
    const row = kinds.find((each) => each.kind === kind)
    const spec = at(
      row && toCrd(row),
      'spec',
      'versions',
      0,
      'schema',
      'openAPIV3Schema',
      'properties',
      'spec',
    )
    return at(spec, ...path, 'properties', 'template', 'properties', 'spec')
  }
  const overridable = podSpec('JobFlow', 'properties', 'flows', 'items', 'properties', 'jobTemplate')
  expect(overridable).not.toHaveProperty('required')
  expect(at(overridable, 'properties', 'containers')).not.toHaveProperty('minItems')
  const own = podSpec('JobTemplate', 'properties', 'jobTemplate')
  expect(own).toHaveProperty('required', ['containers'])
  expect(at(own, 'properties', 'containers')).toHaveProperty('minItems', 1)
})

function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((current, part) => {
    if (Array.isArray(current)) return current[Number(part)]
    return isJsonObject(current) ? current[part] : undefined
  }, value)
}

function schemasIn(schema: Json | undefined, path: string): [string, Json | undefined][] {
  const properties = at(schema, 'properties')
  return [
    [path, schema],
    ...Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, each]) =>
      schemasIn(each, `${path}.${name}`),
    ),
    ...['items', 'additionalProperties'].flatMap((key) => {
      const inner = at(schema, key)
      return inner === undefined ? [] : schemasIn(inner, `${path}.${key}`)
    }),
  ]
}

const OPEN = 'x-kubernetes-preserve-unknown-fields'
const allowed = [
  ...['type', 'format', 'nullable', 'description', 'properties', 'required', 'items', 'additionalProperties'],
  ...[
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'pattern',
    'x-kubernetes-validations',
    OPEN,
  ],
]

/** The rules of structural schemas that ours could break. */
function mistakes(schema: Json | undefined): string[] {
  if (!isJsonObject(schema)) return [`is ${JSON.stringify(schema)}`]
  const foreign = Object.keys(schema).filter((key) => !allowed.includes(key))
  return [
    ...foreign.map((key) => `has ${key}`),
    ...(typeof schema.type === 'string' || schema[OPEN] === true ? [] : ['has no type']),
    ...(schema.properties && schema.additionalProperties ? ['has properties and additionalProperties'] : []),
    ...(schema.type === 'array' && !schema.items ? ['has no items'] : []),
  ]
}

import { jobFlow, named } from '../manifests.ts'
import { refuses } from './refuses.ts'

refuses('metadata', [
  ['no metadata', jobFlow().replace(/^metadata.*\n/m, ''), 'metadata', 'required', 'name'],
  ['no name', named('{}'), 'metadata.name', 'required', 'for example'],
  ['name in upper case', named('{name: Nightly}'), 'metadata.name', 'format', '"Nightly"', 'lower case'],
  ['Unicode in the name', named('{name: grün}'), 'metadata.name', 'format', 'grün'],
  ['a Cyrillic letter that looks Latin', named('{name: nоon}'), 'metadata.name', 'format'],
  [
    'a name of 254 characters',
    named(`{name: ${'a'.repeat(254)}}`),
    'metadata.name',
    'too-long',
    '254',
    '253',
  ],
  ['a name that is a number', named('{name: 5}'), 'metadata.name', 'type', '"5"'],
  ['a namespace with a dot', named('{name: x, namespace: a.b}'), 'metadata.namespace', 'format'],
  [
    'a namespace of 64',
    named(`{name: x, namespace: ${'a'.repeat(64)}}`),
    'metadata.namespace',
    'too-long',
    '63',
  ],
  [
    'a label value true',
    named('{name: x, labels: {on: true}}'),
    'metadata.labels.true',
    'type',
    'write "true" in quotes',
  ],
  ['a label value with a space', named('{name: x, labels: {a: b c}}'), 'metadata.labels.a', 'format'],
  [
    'a label name with a space',
    named('{name: x, labels: {a b: c}}'),
    'metadata.labels["a b"]',
    'format',
    '"a b"',
  ],
  ['labels as a list', named('{name: x, labels: [a]}'), 'metadata.labels', 'type', 'key: value'],
  [
    'an annotation that is a number',
    named('{name: x, annotations: {a: 010}}'),
    'metadata.annotations.a',
    'type',
    '"010"',
  ],
])

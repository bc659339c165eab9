import { CONTAINERS, container, daemonJob, FLOW, head, jobFlow, named, POD } from '../manifests.ts'
import { refuses } from './refuses.ts'

refuses('YAML', [
  ['a duplicate key', jobFlow(`flows: [${FLOW}]\nflows: []`), 'spec.flows', 'doubled-key', '"flows"'],
  [
    'a duplicate key in two spellings',
    named('{name: x, labels: {1: a, "1": b}}'),
    'metadata.labels["1"]',
    'doubled-key',
  ],
  [
    '<< after a key that it adds',
    jobFlow(`flows: [{name: a, <<: {name: b, jobTemplateRef: t}}]`),
    'spec.flows[0].name',
    'doubled-key',
    'write << before',
  ],
  [
    '<< twice',
    jobFlow('flows: [{<<: {name: a}, <<: {jobTemplateRef: t}}]'),
    'spec.flows[0]["<<"]',
    'doubled-key',
  ],
  [
    '<< with a string',
    jobFlow('flows: [{<<: a, name: a, jobTemplateRef: t}]'),
    'spec.flows[0]',
    'type',
    '<<',
  ],
  [
    'a whole number beyond 2^53',
    daemonJob(`template: ${POD}\nx: 9007199254740993`),
    'spec.x',
    'number',
    '9007199254740993',
    'quotes',
  ],
  ['.inf', daemonJob(`template: ${POD}\nx: .inf`), 'spec.x', 'number', '.inf'],
  ['a binary tag', container('image: !!binary YQ=='), `${CONTAINERS}[0].image`, 'tag', '!!binary'],
  ['an unknown tag', container('image: !mine a'), `${CONTAINERS}[0].image`, 'tag', '!mine'],
  ['an alias without anchor', jobFlow('flows: *x'), 'spec.flows', 'syntax', '&x'],
  ['an alias within its own anchor', jobFlow('flows: &x [*x]'), 'spec.flows[0]', 'syntax'],
  ['a null key', named('{name: x, ~: a}'), 'metadata', 'key'],
  ['a list as key', named('{name: x, [a]: b}'), 'metadata', 'key'],
  ['__proto__', named('{name: x, __proto__: {a: b}}'), 'metadata', 'key', '__proto__'],
  ['an open quote', jobFlow('flows: "'), '', 'syntax', 'quote'],
  ['a tab', `${head('JobFlow')}spec:\n\tflows: []\n`, '', 'syntax'],
  ['two values on a line', jobFlow('flows: a: b'), '', 'syntax'],
  ['text after ...', `${jobFlow()}...\nmore: 1\n`, '', 'syntax', '---'],
  ['101 levels', jobFlow(`flows: ${'['.repeat(101)}${']'.repeat(101)}`), '', 'too-deep', '100 levels'],
])

import { head, jobFlow } from '../manifests.ts'
import { refuses } from './refuses.ts'

refuses('kind and apiVersion', [
  ['kind missing', 'apiVersion: api.practice.com/v1alpha1\n', 'kind', 'required', 'JobFlow', 'JobTemplate'],
  ['kind empty', 'kind: ""\n', 'kind', 'required'],
  ['kind a number', 'kind: 5\n', 'kind', 'type'],
  [
    'another kind',
    'apiVersion: v1\nkind: Service\n',
    'kind',
    'unknown-kind',
    'kubectl apply',
    'DaemonJob',
    'v1',
  ],
  ['kind in lower case', head('jobflow'), 'kind', 'unknown-kind', 'did you mean JobFlow'],
  [
    'apiVersion missing',
    jobFlow().replace(/^.*\n/, ''),
    'apiVersion',
    'required',
    'api.practice.com/v1alpha1',
  ],
  [
    'another apiVersion',
    jobFlow().replace('v1alpha1', 'v2'),
    'apiVersion',
    'value',
    '"api.practice.com/v1alpha1"',
  ],
  ['not an object', 'just text\n', '', 'type', 'apiVersion, kind, metadata'],
  ['a list', '- 1\n', '', 'type'],
  ['a field beside spec', `${jobFlow()}specs: {}\n`, 'specs', 'unknown-field', 'did you mean "spec"'],
])

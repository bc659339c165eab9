import { daemonJob, head, JOB, POD } from '../manifests.ts'
import { refuses } from './refuses.ts'

refuses('DaemonJob', [
  ['no template', daemonJob('excludeNodeList: a'), 'spec.template', 'required'],
  [
    'a list of nodes',
    daemonJob(`excludeNodeList: [node1, node2]\ntemplate: ${POD}`),
    'spec.excludeNodeList',
    'type',
    'write "node1, node2"',
  ],
  [
    'a misspelled field',
    daemonJob(`exculdeNodeList: a\ntemplate: ${POD}`),
    'spec.exculdeNodeList',
    'unknown-field',
    '"excludeNodeList"',
  ],
  [
    'a misspelled globalParams',
    daemonJob(`globalParam: {}\ntemplate: ${POD}`),
    'spec.globalParam',
    'unknown-field',
    '"globalParams"',
  ],
  [
    'jobTemplate unwrapped',
    `${head('JobTemplate')}spec: ${JOB}\n`,
    'spec.template',
    'unknown-field',
    'the known fields are jobTemplate',
  ],
])

import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../../src/lib/json.ts'
import { until } from '../../until.ts'
import { spaceAlarm } from '../etcd.ts'
import type { Fault, Wave } from '../fault.ts'
import { jobFlow, jobSpec, script } from '../manifests.ts'

const AWAY_MS = 15_000

const diskFull: Fault = {
  name: 'disk-full',
  about: 'etcd has no space left: whatever is to be stored is refused',
  async strike({ world }) {
    await spaceAlarm(world, 'ACTIVATE')
    await sleep(AWAY_MS)
  },
  async heal({ world }) {
    await spaceAlarm(world, 'DEACTIVATE')
  },
}

const quota: Fault = {
  name: 'quota-exceeded',
  about: 'a quota leaves no room for another Job or pod, until it is lifted',
  async strike({ world, namespace }) {
    await world.kube.create(`/api/v1/namespaces/${namespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { 'count/jobs.batch': '0', pods: '0' } },
    })
    await sleep(AWAY_MS)
  },
  async heal({ world, namespace }) {
    await world.kube.delete(`/api/v1/namespaces/${namespace}/resourcequotas/none`)
  },
}

const ADMISSION = '/apis/admissionregistration.k8s.io/v1'
const newJobs = { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }
const inNamespace = ({ namespace }: Wave): JsonObject => ({
  matchLabels: { 'kubernetes.io/metadata.name': namespace },
})

/** Nobody listens there. */
const NOWHERE = 'https://127.0.0.1:1/'

const webhookDown: Fault = {
  name: 'webhook-down',
  about: 'an admission webhook that every new Job must pass does not answer',
  async strike(wave) {
    await wave.world.kube.create(`${ADMISSION}/validatingwebhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'chaos' },
      webhooks: [
        {
          name: 'down.chaos.example.com',
          clientConfig: { url: NOWHERE },
          rules: [newJobs],
          namespaceSelector: inNamespace(wave),
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    })
    await sleep(AWAY_MS)
  },
  async heal({ world }) {
    await world.kube.delete(`${ADMISSION}/validatingwebhookconfigurations/chaos`)
  },
}

const WORDS = 'the change board has not met'

/** A rule's refusal is for good, and must be told in its own words; everybody else goes on. */
const refused: Fault = {
  name: 'admission-refuses',
  about: 'a rule of the cluster refuses the Jobs of one run',
  runs: (ground) => [
    jobFlow(
      'refused',
      {
        flows: [
          { name: 'early', jobTemplate: jobSpec(ground, 'early', script('early', 15)) },
          { name: 'late', dependencies: ['early'], jobTemplate: jobSpec(ground, 'late', script('late', 1)) },
        ],
      },
      {
        phase: 'Failed',
        says: new RegExp(WORDS),
        nodes: {
          early: { phase: 'Succeeded', outcomes: ['succeeded'], steps: ['early'] },
          late: { phase: 'Failed', outcomes: ['refused'], steps: ['late'] },
        },
      },
    ),
  ],
  // It must be there before the second Job of that run is made, whenever it is this one's turn.
  async before(wave) {
    const { kube } = wave.world
    const apiVersion = 'admissionregistration.k8s.io/v1'
    await kube.create(`${ADMISSION}/validatingadmissionpolicies`, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'chaos' },
      spec: {
        matchConstraints: { resourceRules: [newJobs] },
        validations: [{ expression: "object.metadata.name != 'refused-late'", message: WORDS }],
      },
    })
    await kube.create(`${ADMISSION}/validatingadmissionpolicybindings`, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'chaos' },
      spec: {
        policyName: 'chaos',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: inNamespace(wave) },
      },
    })
  },
  async strike(wave) {
    await until('the refused run ends', async () => (await wave.statusOf('refused'))?.endedAt !== undefined)
  },
  async heal({ world }) {
    await world.kube.delete(`${ADMISSION}/validatingadmissionpolicybindings/chaos`)
    await world.kube.delete(`${ADMISSION}/validatingadmissionpolicies/chaos`)
  },
}

export const refusingFaults = [diskFull, quota, webhookDown, refused]

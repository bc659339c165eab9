import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../../src/lib/json.ts'
import { until } from '../../until.ts'
import { spaceAlarm } from '../etcd.ts'
import type { Fault, Round } from '../fault.ts'
import { jobFlow, jobSpec, script } from '../manifests.ts'

const AWAY_MS = 15_000

const diskFull: Fault = {
  name: 'disk-full',
  about: 'etcd has no space left and refuses every write',
  async inject({ env }) {
    await spaceAlarm(env, 'ACTIVATE')
    await sleep(AWAY_MS)
  },
  async recover({ env }) {
    await spaceAlarm(env, 'DEACTIVATE')
  },
}

const quota: Fault = {
  name: 'quota-exceeded',
  about: 'a ResourceQuota allows no further Job or pod until it is deleted',
  async inject({ env, namespace }) {
    await env.kube.create(`/api/v1/namespaces/${namespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { 'count/jobs.batch': '0', pods: '0' } },
    })
    await sleep(AWAY_MS)
  },
  async recover({ env, namespace }) {
    await env.kube.delete(`/api/v1/namespaces/${namespace}/resourcequotas/none`)
  },
}

const ADMISSION = '/apis/admissionregistration.k8s.io/v1'
const newJobs = { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }
const inNamespace = ({ namespace }: Round): JsonObject => ({
  matchLabels: { 'kubernetes.io/metadata.name': namespace },
})

/** Nothing listens there. */
const CLOSED_PORT = 'https://127.0.0.1:1/'

const webhookDown: Fault = {
  name: 'webhook-down',
  about: 'an admission webhook that every new Job must pass does not answer',
  async inject(round) {
    await round.env.kube.create(`${ADMISSION}/validatingwebhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'chaos' },
      webhooks: [
        {
          name: 'down.chaos.example.com',
          clientConfig: { url: CLOSED_PORT },
          rules: [newJobs],
          namespaceSelector: inNamespace(round),
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    })
    await sleep(AWAY_MS)
  },
  async recover({ env }) {
    await env.kube.delete(`${ADMISSION}/validatingwebhookconfigurations/chaos`)
  },
}

const REFUSAL = 'the change board has not met'

/** A policy's refusal is final, and the run must report its message. Other runs are not affected. */
const refused: Fault = {
  name: 'admission-refuses',
  about: 'an admission policy refuses a Job of one run',
  runs: (log) => [
    jobFlow(
      'refused',
      {
        flows: [
          { name: 'early', jobTemplate: jobSpec(log, 'early', script('early', 15)) },
          { name: 'late', dependencies: ['early'], jobTemplate: jobSpec(log, 'late', script('late', 1)) },
        ],
      },
      {
        phase: 'Failed',
        says: new RegExp(REFUSAL),
        nodes: {
          early: { phase: 'Succeeded', outcomes: ['succeeded'], steps: ['early'] },
          late: { phase: 'Failed', outcomes: ['refused'], steps: ['late'] },
        },
      },
    ),
  ],
  // The policy must exist before the second Job of that run is created, whenever this fault is injected.
  async before(round) {
    const { kube } = round.env
    const apiVersion = 'admissionregistration.k8s.io/v1'
    await kube.create(`${ADMISSION}/validatingadmissionpolicies`, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'chaos' },
      spec: {
        matchConstraints: { resourceRules: [newJobs] },
        validations: [{ expression: "object.metadata.name != 'refused-late'", message: REFUSAL }],
      },
    })
    await kube.create(`${ADMISSION}/validatingadmissionpolicybindings`, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'chaos' },
      spec: {
        policyName: 'chaos',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: inNamespace(round) },
      },
    })
  },
  async inject(round) {
    await until('the refused run ends', async () => (await round.statusOf('refused'))?.endedAt !== undefined)
  },
  async recover({ env }) {
    await env.kube.delete(`${ADMISSION}/validatingadmissionpolicybindings/chaos`)
    await env.kube.delete(`${ADMISSION}/validatingadmissionpolicies/chaos`)
  },
}

export const refusingFaults = [diskFull, quota, webhookDown, refused]

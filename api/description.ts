import settings from '../package.json' with { type: 'json' }

/** The `info` object of the OpenAPI document. */
export const description = {
  title: 'Millrace',
  version: settings.version,
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  description: [
    'Runs pipelines on Kubernetes so that they finish.',
    '',
    'A manifest that is posted is stored as its Kubernetes object. A kind that is a run (such as JobFlow or DaemonJob)',
    'also starts one durable Temporal workflow. Posting the same manifest again changes nothing.',
    '',
    '```',
    'curl --data-binary @flow.yaml http://127.0.0.1:8080/v1/manifests',
    'curl http://127.0.0.1:8080/v1/runs',
    'curl http://127.0.0.1:8080/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d',
    "curl 'http://127.0.0.1:8080/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d/logs?node=a&follow=true'",
    '```',
    '',
    'A run id is `<kind>/<namespace>/<name>/<8 hex digits>`; in a path it may be URL-encoded or not.',
    'Every error is `application/problem+json` (RFC 9457). Times are RFC 3339 UTC.',
  ].join('\n'),
}

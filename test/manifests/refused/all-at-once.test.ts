import { expect, it } from 'vitest'
import { decode } from '../../../src/manifests/decode.ts'

it('all issues of a document are reported at once, in the order of the text, each with its position', () => {
  const text = `apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata:
  name: Bad
spec:
  flows:
    - name: a
      dependancies: [b]
      jobTemplate:
        template:
          spec:
            containers:
              - name: c
                image: a
                env:
                  - name: PORT
                    value: 8080
    - name: b
`
  expect(
    decode(text)[0]?.issues.map(({ line, column, path, rule }) => `${line}:${column} ${path} ${rule}`),
  ).toEqual([
    '4:9 metadata.name format',
    '8:7 spec.flows[0].dependancies unknown-field',
    '17:28 spec.flows[0].jobTemplate.template.spec.containers[0].env[0].value type',
    '18:7 spec.flows[1] required',
  ])
})

import { join } from 'node:path'
import { type Layout, localUrl } from '../../layout.ts'
import { Component } from '../../processes/component.ts'
import type { Program } from '../../programs/program.ts'
import { pathsOf } from '../credentials.ts'

const MARK = 'kwok.x-k8s.io/node'

/** Simulated nodes for tests of scale. Pods on them run and end at once, without containers. */
export function kwok(layout: Layout, program: Program): Component {
  const { ports, stateDir } = layout
  return new Component(
    {
      name: 'kwok',
      ...program,
      args: [
        `--kubeconfig=${pathsOf(layout).kubeconfig}`,
        `--config=${join(import.meta.dirname, 'kwok-stages.yaml')}`,
        `--manage-nodes-with-annotation-selector=${MARK}=fake`,
        `--server-address=127.0.0.1:${ports.kwok}`,
      ],
      ports: [ports.kwok],
      ready: async () => (await fetch(`${localUrl(ports.kwok)}/healthz`)).ok,
    },
    stateDir,
  )
}

/** A Node object that kwok simulates. Its taint keeps away all pods that do not name it. */
export const kwokNode = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { [MARK]: 'fake' },
    labels: { 'kubernetes.io/hostname': name, type: 'kwok' },
  },
  spec: { taints: [{ key: MARK, value: 'fake', effect: 'NoSchedule' }] },
})

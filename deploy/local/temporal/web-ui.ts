import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { Program } from '../programs/program.ts'

/** The server of Temporal's Web UI. */
export function webUi(layout: Layout, program: Program): Component {
  const { ports, stateDir } = layout
  const folder = join(stateDir, 'temporal-ui')
  const env = 'local'
  const settings = {
    temporalGrpcAddress: `127.0.0.1:${ports.temporal}`,
    host: '127.0.0.1',
    port: ports.temporalUi,
    enableUi: true,
    defaultNamespace: 'default',
    // Rejects requests from pages of other sites.
    cors: { cookieInsecure: true },
    // The Web UI must not access the internet.
    disableNewsFetch: true,
    hideLogs: true,
  }
  return new Component(
    {
      name: 'temporal-ui',
      ...program,
      args: ['--root', '/', '--config', folder, '--env', env, 'start'],
      ports: [ports.temporalUi],
      async prepare() {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `${env}.yaml`), JSON.stringify(settings, null, 2))
      },
      ready: async () => (await fetch(localUrl(ports.temporalUi))).ok,
    },
    stateDir,
  )
}

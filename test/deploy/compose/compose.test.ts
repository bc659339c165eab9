import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config/config.ts'
import { isJob, networksOf, readComposeFile, root, serviceOf } from './compose-file.ts'

const compose = readComposeFile()
const services = Object.entries(compose.services)
const named = (name: string) => serviceOf(compose, name)
const millrace = ['install', 'worker', 'api']

describe('docker-compose.yml', () => {
  it.each(services)('%s: pins its image to a version', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+(\.\d+)+[\w.-]*$/)
  })

  it.each(services)('%s: shares its network namespace with no other service', (_, service) => {
    expect(service).not.toHaveProperty('network_mode')
    for (const name of networksOf(service)) expect(Object.keys(compose.networks)).toContain(name)
  })

  it.each(services)(
    '%s: waits until its dependencies are done or healthy, not merely started',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const target = named(name)
        expect(condition, name).toBe(isJob(target) ? 'service_completed_successfully' : 'service_healthy')
        if (!isJob(target)) expect(target.healthcheck, name).toBeDefined()
      }
    },
  )

  it.each(services)('%s: restarts after a failure, and with Docker if it is a service', (_, service) => {
    // A job that restarted forever would block `up` forever.
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d+)$/)
    if (!isJob(service)) expect(service.healthcheck).toBeDefined()
  })

  it.each(services)('%s: declares its named volumes and publishes ports on loopback only', (_, service) => {
    for (const volume of service.volumes ?? [])
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('runs existing commands', () => {
    const main = readFileSync(join(root, 'src/server/main.ts'), 'utf8')
    for (const name of millrace) {
      expect(named(name).command).toEqual([name])
      expect(main).toContain(`${name}: {`)
    }
  })

  it('sets only variables that Millrace reads', () => {
    const settings = readFileSync(join(root, 'src/config/config.ts'), 'utf8')
    for (const name of millrace)
      for (const variable of Object.keys(named(name).environment ?? {}).filter(
        (each) => !/proxy$/i.test(each),
      ))
        expect(settings).toContain(`  ${variable}: z`)
  })

  it('disables proxies between services', () => {
    const speakers = [...millrace, 'temporal', 'temporal-namespace', 'temporal-ui', 'kubeconfig']
    const none = { http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '' }
    for (const name of speakers) expect(named(name).environment, name).toMatchObject(none)
  })

  it('publishes the API and the Web UI on their ports, also on ports chosen by the user', () => {
    const ports = { MILLRACE_PORT: '8090', MILLRACE_UI_PORT: '8299' }
    for (const chosen of [{}, ports]) {
      const file = readComposeFile(chosen)
      const { host, port, temporal } = readConfig(serviceOf(file, 'api').environment)
      expect(host).toBe('0.0.0.0')
      expect(serviceOf(file, 'api').ports).toEqual([`127.0.0.1:${port}:${port}`])
      expect(serviceOf(file, 'temporal-ui').ports).toEqual([`${new URL(temporal.uiUrl).host}:8080`])
    }
  })
})

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
  it.each(services)('%s: the image is pinned to a version', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+(\.\d+)+[\w.-]*$/)
  })

  it.each(services)('%s: its network ends with nobody but itself', (_, service) => {
    expect(service).not.toHaveProperty('network_mode')
    for (const name of networksOf(service)) expect(Object.keys(compose.networks)).toContain(name)
  })

  it.each(services)('%s: what it waits for is either done or healthy, never merely started', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = named(name)
      expect(condition, name).toBe(isJob(target) ? 'service_completed_successfully' : 'service_healthy')
      if (!isJob(target)) expect(target.healthcheck, name).toBeDefined()
    }
  })

  it.each(services)('%s: starts again after a failure, and with Docker if it is to stay', (_, service) => {
    // A job that fails for ever would let `up` wait for ever.
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d+)$/)
    if (!isJob(service)) expect(service.healthcheck).toBeDefined()
  })

  it.each(services)('%s: named volumes are declared, and ports are published on loopback', (_, service) => {
    for (const volume of service.volumes ?? [])
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('runs commands that the command line has', () => {
    const main = readFileSync(join(root, 'src/server/main.ts'), 'utf8')
    for (const name of millrace) {
      expect(named(name).command).toEqual([name])
      expect(main).toContain(`${name}: {`)
    }
  })

  it('sets nothing that Millrace does not read', () => {
    const settings = readFileSync(join(root, 'src/config/config.ts'), 'utf8')
    for (const name of millrace)
      for (const variable of Object.keys(named(name).environment ?? {}).filter(
        (each) => !/proxy$/i.test(each),
      ))
        expect(settings).toContain(`  ${variable}: z`)
  })

  it('has no proxy between parts that speak with each other', () => {
    const speakers = [...millrace, 'temporal', 'temporal-namespace', 'temporal-ui', 'kubeconfig']
    const none = { http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '' }
    for (const name of speakers) expect(named(name).environment, name).toMatchObject(none)
  })

  it('publishes the API and the Web UI where they listen, also on ports of the user', () => {
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

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const text = (file: string): string => readFileSync(join(root, file), 'utf8')
interface Service {
  image: string
  build?: { dockerfile: string }
  command?: string[]
  depends_on?: Record<string, { condition: string }>
  volumes?: string[]
  ports?: string[]
  healthcheck?: object
}
const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)

describe('docker-compose.yml', () => {
  it('has a database, Temporal with its UI, a k3s server, worker and API', () => {
    const names = ['postgres', 'temporal', 'temporal-ui', 'k3s', 'install', 'worker', 'api']
    expect(Object.keys(compose.services).sort()).toEqual(names.sort())
  })

  it.each(services)('%s: the image is pinned to a version', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+(\.\d+)+[\w.-]*$/)
  })

  it.each(services)('%s: what it waits for exists, and can be waited for in that way', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = compose.services[name]
      expect(target, name).toBeDefined()
      if (condition === 'service_healthy') expect(target?.healthcheck, name).toBeDefined()
    }
  })

  it.each(services)('%s: named volumes are declared, and ports are published on loopback', (_, service) => {
    for (const volume of service.volumes ?? [])
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('runs commands that the command line has', () => {
    const main = text('src/cli/main.ts')
    for (const name of ['install', 'worker', 'api']) {
      expect(compose.services[name]?.command).toEqual([name])
      expect(main).toContain(`${name}: {`)
    }
  })
})

describe('the image', () => {
  const dockerfile = text('deploy/images/Dockerfile')

  it('is built in stages, from a pinned Node, and does not run as root', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2)
    expect(dockerfile).toMatch(/^ARG NODE=node:24\.\d+\.\d+-/m)
    expect(
      dockerfile
        .trimEnd()
        .split('\n')
        .findLast((line) => line.startsWith('USER')),
    ).toBe('USER node')
  })

  it('copies what is there and passes .dockerignore', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    )
    const allowed = text('.dockerignore')
    for (const name of copied) {
      expect(existsSync(join(root, name)), name).toBe(true)
      expect(allowed).toContain(`!${name}\n`)
    }
  })
})

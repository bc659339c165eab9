import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { Component, type ComponentSpec } from '../../../deploy/local/processes/component.ts'

const stateDir = mkdtempSync(join(tmpdir(), 'millrace-component-'))
const started: Component[] = []
afterEach(async () => {
  for (const part of started.splice(0)) await part.stop('SIGKILL')
})
afterAll(() => rmSync(stateDir, { recursive: true, force: true }))

let made = 0
function component(spec: Partial<ComponentSpec>): Component {
  const part = new Component(
    {
      name: `part-${made++}`,
      binary: '/bin/sh',
      args: ['-c', 'while :; do sleep 0.1; done'],
      ports: [],
      ready: async () => false,
      ...spec,
    },
    stateDir,
  )
  started.push(part)
  return part
}

it('an aborted start stops waiting at once, and its process can still be stopped', async () => {
  const part = component({})
  const controller = new AbortController()
  const starting = part.start(controller.signal)
  starting.catch(() => undefined)
  await expect.poll(() => part.process()).toBeDefined()
  controller.abort()
  await expect(starting).rejects.toThrow(/abort/)
  expect(part.process()).toBeDefined()
  await part.stop()
  expect(part.process()).toBeUndefined()
})

it('a start that was aborted before it began starts nothing', async () => {
  const part = component({})
  await expect(part.start(AbortSignal.abort())).rejects.toThrow(/abort/)
  expect(part.process()).toBeUndefined()
})

it('a start that is aborted while it prepares starts nothing', async () => {
  const controller = new AbortController()
  const part = component({ prepare: async () => controller.abort() })
  await expect(part.start(controller.signal)).rejects.toThrow(/abort/)
  expect(part.process()).toBeUndefined()
})

it('a readiness check without an answer does not block an abort', async () => {
  const controller = new AbortController()
  const part = component({ ready: () => new Promise(() => setTimeout(() => controller.abort(), 50)) })
  await expect(part.start(controller.signal)).rejects.toThrow(/abort/)
})

it('a component that is not ready in time is reported with the limit and its last output', async () => {
  const part = component({ args: ['-c', 'echo no disk; exec sleep 60'], readyWithinMs: 400 })
  await expect(part.start()).rejects.toThrow(
    /^part-\d+ is not ready after \d s\.\nThe last lines of .*\nno disk$/,
  )
})

it('a component that ends while it starts is reported with its last output', async () => {
  const part = component({ args: ['-c', 'echo no memory; exit 1'] })
  await expect(part.start()).rejects.toThrow(/^part-\d+ ended while it was starting\.\n.*\nno memory$/)
})

it('a missing program is named, with the reason', async () => {
  const binary = join(stateDir, 'missing')
  await expect(component({ binary }).start()).rejects.toMatchObject({
    message: `${binary} cannot be run`,
    cause: { code: 'ENOENT' },
  })
})

it('a component that ignores the stop signal is killed after the grace period', async () => {
  const file = join(stateDir, 'stubborn')
  const args = ['-c', `trap '' TERM; echo up > ${file}; while :; do sleep 0.05; done`]
  const part = component({ args, ready: async () => readFileSync(file, 'utf8') !== '' })
  await part.start()
  await part.stop('SIGTERM', 200)
  expect(part.process()).toBeUndefined()
})

it('a port in use is reported before anything is started', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  const { port } = await new Promise<{ port: number }>((resolve) =>
    server.once('listening', () => resolve(server.address() as { port: number })),
  )
  try {
    const part = component({ ports: [port] })
    await expect(part.start()).rejects.toThrow(`Port ${port}, which ${part.name} needs, is in use`)
    expect(part.process()).toBeUndefined()
  } finally {
    server.close()
  }
})

it('components find the commands of the system and use no proxy for loopback', async () => {
  const file = join(stateDir, 'environment')
  writeFileSync(file, '')
  const args = ['-c', `env > ${file}.new; mv ${file}.new ${file}; exec sleep 60`]
  const env = { PATH: '/bin', http_proxy: 'http://127.0.0.1:1', no_proxy: 'example.org' }
  await component({ args, env, ready: async () => readFileSync(file, 'utf8') !== '' }).start()
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.find((line) => line.startsWith('PATH='))?.split(/[=:]/)).toContain('/usr/sbin')
  expect(lines.find((line) => line.startsWith('no_proxy='))?.split(/[=,]/)).toEqual(
    expect.arrayContaining(['example.org', '127.0.0.1']),
  )
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patience } from '../../../deploy/local/slowness.ts'
import { root } from './compose-file.ts'
import { freePort } from './free-port.ts'

const text = (file: string): string => readFileSync(join(root, file), 'utf8')
const dockerfile = text('deploy/images/Dockerfile')
/** Files copied from the checkout. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
  names.split(' '),
)

describe('the image', () => {
  it('has two build stages and does not run as root', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2)
    const last = dockerfile.split('\n').findLast((line) => line.startsWith('USER'))
    expect(last).toBe('USER node')
  })

  it('uses the Node version of the tests', () => {
    const { packages } = JSON.parse(text('package-lock.json'))
    expect(dockerfile).toContain(`ARG NODE=node:${packages['node_modules/node'].version}-`)
  })

  it('copies only files that exist and pass .dockerignore', () => {
    const allowed = text('.dockerignore')
    for (const name of copied) {
      expect(existsSync(join(root, name)), name).toBe(true)
      expect(allowed).toContain(`!${name}\n`)
    }
  })
})

describe('the files copied into the image', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-image-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  beforeAll(() => {
    for (const name of copied) cpSync(join(root, name), join(dir, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
    writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(nowhere))
  })

  /** For hangs: a worker bundles its code first, which takes seconds. */
  const WITHIN_MS = patience(180_000)
  it.each([
    ['worker', 'Temporal cannot be reached yet'],
    ['api', 'listening'],
    // Printed after it has read the CRDs.
    ['install', 'the Kubernetes API server cannot be reached'],
  ])(
    'are sufficient for %s',
    async (command, sign) => {
      const env = {
        PATH: process.env.PATH,
        KUBECONFIG: join(dir, 'kubeconfig'),
        MILLRACE_CONTEXT: 'nowhere',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        MILLRACE_PORT: String(await freePort()),
        MILLRACE_JOBS_PORT: String(await freePort()),
      }
      const main = join(dir, 'src/server/main.ts')
      const child = spawn(process.execPath, [main, command], {
        env,
        cwd: dir,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk
          if (output.includes(sign)) child.kill()
        })
      await once(child, 'close')
      expect(output).toContain(sign)
    },
    WITHIN_MS,
  )
})

const nowhere = {
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nowhere' } }],
  clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'nowhere', user: { token: 'none' } }],
}

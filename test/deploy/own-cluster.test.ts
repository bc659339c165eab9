import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StackOptions, startStack } from '../../deploy/local/stack.ts'
import { takeStack } from '../take-stack.ts'
import { type FakePrograms, makeFakePrograms } from './fake-programs.ts'

const { layout, release } = await takeStack('own-cluster', { report: () => undefined })
afterAll(release)

let machine: FakePrograms

beforeEach(() => {
  machine = makeFakePrograms()
  machine.hidePrograms()
  // Makes a start fail with what it would have to download, build or install.
  process.env.MILLRACE_PROGRAMS = 'present'
})
afterEach(() => {
  delete process.env.MILLRACE_PROGRAMS
  machine.remove()
})

const cluster = { context: 'mine', kubeconfig: undefined }
const start = (options: Partial<StackOptions>) => startStack({ layout, report: () => undefined, ...options })
const whyNot = (options: Partial<StackOptions>): Promise<string> =>
  start(options).then(String, (error: Error) => error.message)

describe('a start', () => {
  it("on the user's cluster and Temporal needs no program", async () => {
    const { components } = await start({ cluster, temporalAddress: '127.0.0.1:7233' })
    expect(components).toEqual([])
  })

  it("on the user's cluster needs only Temporal's programs", async () => {
    const why = await whyNot({ cluster })
    expect(why).toContain('Missing: temporal-server')
    expect(why).not.toMatch(/kube|etcd|containerd/)
  })

  it("on the user's Temporal needs no program of Temporal", async () => {
    const why = await whyNot({ temporalAddress: '127.0.0.1:7233' })
    // Or what is missing even before the programs: root, or containerd.
    expect(why).not.toMatch(/temporal-(server|sql-tool|ui-server)/)
    expect(why).not.toContain('[object Object]')
  })
})

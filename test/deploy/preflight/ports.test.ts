import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { portFaults } from '../../../deploy/local/preflight/ports.ts'
import { findProgram } from '../../../deploy/local/programs/installed/find-program.ts'

describe('ports', () => {
  it('that are free are not a fault', async () => {
    const { port, close } = await listener()
    await close()
    expect(await portFaults([{ port, user: 'the API' }], 'default')).toEqual([])
  })

  it.each(['127.0.0.1', '0.0.0.0', '::'])('in use at %s are found', async (host) => {
    const { port } = await listener(host)
    expect(await portFaults([{ port, user: 'the API' }], 'default')).toHaveLength(1)
  })

  it('in use are reported in one sentence, with the component, the command that shows the process, and the alternative', async () => {
    const [one, two] = [await listener(), await listener()]
    const wanted = [
      { port: one.port, user: 'temporal' },
      { port: two.port, user: 'the API' },
    ]
    const [fault, ...more] = await portFaults(wanted, 'default')
    expect(more).toEqual([])
    expect(fault).toContain(`${one.port} for temporal`)
    expect(fault).toContain(`${two.port} for the API`)
    expect(fault).toContain(`\`ss -ltnp 'sport = :${one.port} or sport = :${two.port}'\``)
    expect(fault).toContain('MILLRACE_STACK=1 npm start')
  })

  it.skipIf(!findProgram('ss'))('in use are reported with their process (needs ss)', async () => {
    const { port } = await listener()
    const [fault] = await portFaults([{ port, user: 'the API' }], 'default')
    expect(fault).toContain(`process ${process.pid})`)
  })

  it.each([
    ['default', 'MILLRACE_STACK=1 npm start'],
    ['stack-4', 'MILLRACE_STACK=5 npm start'],
    ['test', 'stop it'],
  ])('suggest the next stack from %s', async (stack, ends) => {
    const { port } = await listener()
    const [fault] = await portFaults([{ port, user: 'the API' }], stack)
    expect(fault?.replace(/`$/, '').endsWith(ends)).toBe(true)
  })
})

async function listener(host = '127.0.0.1'): Promise<{ port: number; close(): Promise<unknown> }> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const close = async (): Promise<unknown> => server.listening && once(server.close(), 'close')
  onTestFinished(async () => void (await close()))
  return { port: (server.address() as AddressInfo).port, close }
}

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../../deploy/local/layout.ts'
import { patience } from '../../../../deploy/local/slowness.ts'
import { type Machine, makeMachine, OUTSIDE_HOST } from './machine.ts'
import { ruleSets } from './rule-sets.ts'

/** In network namespaces these numbers conflict with no other stack. */
const layout = layoutOf('network', 70, '/nonexistent')
const another = layoutOf('another', 71, '/nonexistent')
const { ports, gateway, apiServerVip } = layout

const variants = (['nft', 'legacy'] as const).filter((variant) => existsSync(`/usr/sbin/iptables-${variant}`))
const [variant = 'nft'] = variants
const canTry = process.getuid?.() === 0 && variants.length > 0
if (!canTry) console.warn('skipped: the tests of the pod network need root and iptables')

/** Many short processes, on a machine that may be slow and busy. */
const limit = { timeout: patience(120_000) }

/** Sets up the network, with a pod on its bridge and servers everywhere. */
async function openIn(machine: Machine): Promise<void> {
  await machine.millrace('open', layout)
  await machine.joinPod(layout)
  const hidden = `127.0.0.2:${ports.etcd}`
  await machine.serve('machine', `127.0.0.1:${ports.apiServer}`, `${gateway}:${ports.jobs}`, hidden)
  await machine.serve('outside', `${OUTSIDE_HOST}:80`)
}

const forwarding = async (machine: Machine): Promise<string> =>
  (await machine.run('machine', 'cat', '/proc/sys/net/ipv4/ip_forward')).trim()

describe.skipIf(!canTry).concurrent('the pod network', limit, () => {
  const situations = variants.flatMap((one) => Object.keys(ruleSets).map((name) => [name, one] as const))
  it.each(situations)('works with %s and restores the rules (iptables-%s)', async (name, one) => {
    await using machine = await makeMachine(one)
    await machine.load(ruleSets[name] ?? '')
    const before = await machine.rules()
    await openIn(machine)

    expect(await machine.ask('pod', `${apiServerVip}:443`)).toBe(
      `127.0.0.1:${ports.apiServer} answers 10.231.70.9`,
    )
    expect(await machine.ask('pod', `${gateway}:${ports.jobs}`)).toContain('answers 10.231.70.9')
    // From the machine's own address, the only one that the outside host can answer.
    expect(await machine.ask('pod', `${OUTSIDE_HOST}:80`)).toContain('answers 192.0.2.1')

    await machine.millrace('close', layout)
    expect(await machine.rules()).toEqual(before)
    expect(await machine.run('machine', 'ip', 'link')).not.toContain(layout.bridge)
  })

  it('blocks pods from the rest of loopback, and the outside from the job API', async () => {
    await using machine = await makeMachine(variant)
    await openIn(machine)
    await machine.run('pod', 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet')
    await machine.run('pod', 'ip', 'route', 'add', '127.0.0.2', 'via', gateway, 'src', '10.231.70.9')
    expect(await machine.isSilent('pod', `127.0.0.2:${ports.etcd}`)).toBe(true)
    expect(await machine.isSilent('outside', `${gateway}:${ports.jobs}`)).toBe(true)
    // Processes on the machine itself may connect.
    expect(await machine.ask('machine', `${gateway}:${ports.jobs}`)).toContain('answers')
  })

  it('is set up only once, before rules that others have added meanwhile', async () => {
    await using machine = await makeMachine(variant)
    await openIn(machine)
    const once = await machine.rules()
    await machine.millrace('open', layout)
    expect(await machine.rules()).toEqual(once)

    await machine.run('machine', 'iptables', '-I', 'FORWARD', '-j', 'DROP')
    expect(await machine.isSilent('pod', `${OUTSIDE_HOST}:80`)).toBe(true)
    await machine.millrace('open', layout)
    expect(await machine.ask('pod', `${OUTSIDE_HOST}:80`)).toContain('answers')
    expect((await machine.rules()).length).toBe(once.length + 1)
  })

  it('reports kernel settings that cannot be written, as in a container', async () => {
    await using machine = await makeMachine(variant)
    const readOnly = 'mount --bind -o ro /proc/sys /proc/sys'
    await expect(machine.millrace('open', layout, readOnly)).rejects.toThrow(
      /Pods need the kernel setting \/proc\/sys\/net\/ipv4\/ip_forward = 1, but it is 0/,
    )
    // If the values are correct already, nothing has to be written.
    await machine.millrace('open', layout)
    await machine.millrace('open', layout, readOnly)
  })

  it("of one stack is removed without changing another's", async () => {
    await using machine = await makeMachine(variant)
    await machine.millrace('open', another)
    const before = await machine.rules()
    await machine.millrace('open', layout)
    await machine.millrace('close', layout)
    expect(await machine.rules()).toEqual(before)
  })

  it('is removed completely if its bridge no longer exists', async () => {
    await using machine = await makeMachine(variant)
    const before = await machine.rules()
    await machine.millrace('open', layout)
    await machine.run('machine', 'ip', 'link', 'delete', layout.bridge)
    await machine.millrace('close', layout)
    expect(await machine.rules()).toEqual(before)
  })
})

describe.skipIf(!canTry).concurrent('packet forwarding', limit, () => {
  it('is on while a stack needs it, and then as it was before the first', async () => {
    await using machine = await makeMachine(variant)
    await machine.millrace('open', layout)
    await machine.millrace('open', another)
    await machine.millrace('close', layout)
    expect(await forwarding(machine), 'the other stack needs it').toBe('1')
    await machine.millrace('close', another)
    expect(await forwarding(machine)).toBe('0')
  })

  it('stays on if it was on before', async () => {
    await using machine = await makeMachine(variant)
    await machine.run('machine', 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
    await machine.millrace('open', layout)
    await machine.millrace('close', layout)
    expect(await forwarding(machine)).toBe('1')
  })

  it('stays on if another program has made a bridge meanwhile', async () => {
    await using machine = await makeMachine(variant)
    await machine.millrace('open', layout)
    await machine.run('machine', 'ip', 'link', 'add', 'docker0', 'type', 'bridge')
    await machine.millrace('close', layout)
    expect(await forwarding(machine)).toBe('1')
  })
})

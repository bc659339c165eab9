import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../../../../deploy/local/environment/system-path.ts'
import type { Layout } from '../../../../deploy/local/layout.ts'
import { patience } from '../../../../deploy/local/slowness.ts'

const run = promisify(execFile)
const peer = join(import.meta.dirname, 'network-peer.ts')
/** Addresses reserved for documentation: the machine's outer one, and the only host outside. */
const MACHINE_ADDRESS = '192.0.2.1'
export const OUTSIDE_HOST = '192.0.2.2'

/** A connection on these links takes a millisecond, but on a busy machine its processes may wait for the CPU. */
const ANSWER_WITHIN_MS = patience(15_000)
const SILENT_FOR_MS = 2_000

type Role = 'machine' | 'pod' | 'outside'
const roles: Role[] = ['machine', 'pod', 'outside']

/** A machine with its own network, a pod and an outside host: three network namespaces. */
export interface Machine extends AsyncDisposable {
  run(role: Role, ...command: string[]): Promise<string>
  /**
   * Runs a network command of Millrace with the PATH of a plain `su` and a /run of its own, after an optional shell
   * command.
   */
  millrace(verb: 'open' | 'close', layout: Layout, after?: string): Promise<void>
  /** Connects the pod to the bridge, which must exist. */
  joinPod(layout: Layout): Promise<void>
  /** Starts servers at these addresses. */
  serve(role: Role, ...addresses: string[]): Promise<void>
  ask(role: Role, address: string): Promise<string>
  /** Whether packets to an address are dropped: a reachable one would answer at once. */
  isSilent(role: Role, address: string): Promise<boolean>
  /** All rules, policies and chains except the kernel's defaults, without counters. */
  rules(): Promise<string[]>
  /** Loads a set of rules in the format of iptables-save. */
  load(ruleSet: string): Promise<void>
}

let made = 0

/** `variant` is the kind of iptables. Both are in use, and neither sees the rules of the other. */
export async function makeMachine(variant: 'nft' | 'legacy'): Promise<Machine> {
  const id = `millrace-${process.pid}-${made++}`
  const folder = mkdtempSync(join(tmpdir(), `${id}-`))
  const [ownRun, bin] = [join(folder, 'run'), join(folder, 'bin')]
  for (const path of [ownRun, bin]) mkdirSync(path)
  for (const tail of ['', '-restore', '-save'])
    symlinkSync(`/usr/sbin/iptables-${variant}${tail}`, join(bin, `iptables${tail}`))
  const ends: (() => Promise<void>)[] = []

  const inside = (role: Role, command: string[]): string[] => ['netns', 'exec', `${id}-${role}`, ...command]
  const env = { ...process.env, PATH: `${bin}:${withSystemPath().PATH}` }
  const ip = async (...args: string[]): Promise<string> => (await run('ip', args, { env })).stdout
  const machine: Machine = {
    run: (role, ...command) => ip(...inside(role, command)),
    async millrace(verb, layout, after = 'true') {
      const script = `mount --bind ${ownRun} /run && ${after} && export PATH=${bin}:/usr/bin:/bin && exec "$@"`
      const call = [process.execPath, '--disable-warning=ExperimentalWarning', peer, verb]
      await machine.run('machine', 'sh', '-c', script, 'sh', ...call, JSON.stringify(layout))
    },
    async joinPod({ bridge, gateway }) {
      const address = gateway.replace(/\.1$/, '.9')
      await connectTo('pod', 'pod0', address)
      await machine.run('machine', 'ip', 'link', 'set', 'pod0', 'master', bridge, 'up')
      await machine.run('pod', 'ip', 'route', 'add', 'default', 'via', gateway)
    },
    async serve(role, ...addresses) {
      const child = spawn('ip', inside(role, [process.execPath, peer, 'serve', ...addresses]), { env })
      ends.push(async () => {
        const gone = new Promise((resolve) => child.once('exit', resolve))
        if (child.exitCode === null && child.kill('SIGKILL')) await gone
      })
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve)
        child.once('exit', () => reject(new Error(`the server for ${addresses.join(' ')} in ${role} ended`)))
      })
    },
    ask: (role, address) => ask(role, address, ANSWER_WITHIN_MS),
    isSilent: async (role, address) => (await ask(role, address, SILENT_FOR_MS)) === 'no answer',
    async rules() {
      const saved = await machine.run('machine', 'iptables-save')
      const lines = saved.split('\n').map((line) => line.replace(/ \[\d+:\d+\]$/, ''))
      return lines.filter((line) => /^(-A|:\S+ (-|DROP)$)/.test(line))
    },
    async load(ruleSet) {
      const loading = run('ip', inside('machine', ['iptables-restore']), { env })
      loading.child.stdin?.end(ruleSet)
      await loading
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends) await end()
      for (const role of roles) await ip('netns', 'delete', `${id}-${role}`)
      rmSync(folder, { recursive: true, force: true })
    },
  }

  async function ask(role: Role, address: string, withinMs: number): Promise<string> {
    return (await machine.run(role, process.execPath, peer, 'ask', address, String(withinMs))).trim()
  }

  async function connectTo(role: Role, name: string, address: string): Promise<void> {
    const ends = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', `${id}-${role}`]
    await machine.run('machine', 'ip', 'link', 'add', name, ...ends)
    await machine.run('machine', 'ip', 'link', 'set', name, 'up')
    await machine.run(role, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth0')
    await machine.run(role, 'ip', 'link', 'set', 'eth0', 'up')
  }

  await removeAbandoned(ip)
  for (const role of roles) {
    await ip('netns', 'add', `${id}-${role}`)
    await machine.run(role, 'ip', 'link', 'set', 'lo', 'up')
  }
  await connectTo('outside', 'uplink', OUTSIDE_HOST)
  await machine.run('machine', 'ip', 'address', 'add', `${MACHINE_ADDRESS}/24`, 'dev', 'uplink')
  await machine.run('machine', 'ip', 'route', 'add', 'default', 'via', OUTSIDE_HOST)
  await machine.run('machine', 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_forward')
  // The outside host has a route to the networks behind the machine: the machine must block it.
  await machine.run('outside', 'ip', 'route', 'add', 'default', 'via', MACHINE_ADDRESS)
  return machine
}

/** Namespaces of test runs that were interrupted. */
async function removeAbandoned(ip: (...args: string[]) => Promise<string>): Promise<void> {
  const names = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0] ?? '')
  for (const name of names) {
    const [, pid] = /^millrace-(\d+)-/.exec(name) ?? []
    // Another run may remove it at the same time.
    if (pid && !existsSync(`/proc/${pid}`)) await ip('netns', 'delete', name).catch(() => undefined)
  }
}

import { BlockList } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../../src/config/config.ts'
import { addressOf, networksOf, readComposeFile, serviceOf } from './compose-file.ts'

const compose = readComposeFile()
const named = (name: string) => serviceOf(compose, name)

describe('the cluster of docker-compose.yml', () => {
  it('lets pods reach the job API by address', () => {
    const { jobs } = readConfig(named('worker').environment)
    const jobApi = readConfig(named('api').environment).jobs
    expect(jobs.url).toBe(`http://${addressOf(named('api'), 'cluster')}:${jobApi.port}`)
    expect(jobApi.host).toBe('0.0.0.0')
  })

  it('keeps pods away from Temporal and its database', () => {
    for (const name of ['postgres', 'temporal', 'temporal-ui'])
      expect(networksOf(named(name))).toEqual(['default'])
    expect(networksOf(named('k3s'))).toEqual(['cluster'])
  })

  it('assigns none of the fixed addresses to other containers, whatever subnet the user chooses', () => {
    for (const chosen of [{}, { MILLRACE_SUBNET: '192.168.77' }]) {
      const { networks, services: all } = readComposeFile(chosen)
      const { subnet, ip_range, gateway } = networks.cluster?.ipam?.config[0] ?? {
        subnet: '',
        ip_range: '',
        gateway: '',
      }
      const fixed = Object.values(all).flatMap((service) => addressOf(service, 'cluster') ?? [])
      expect(fixed).toHaveLength(2)
      expect(new Set([gateway, ...fixed]).size).toBe(3)
      for (const address of [gateway, ...fixed]) {
        expect(within(subnet, address), address).toBe(true)
        expect(within(ip_range, address), address).toBe(false)
      }
    }
  })

  it('stays the same node with the same data when its container is recreated', () => {
    expect(named('k3s').hostname).toBe('k3s')
    const folders = named('k3s').volumes?.map((volume) => volume.split(':')[1])
    expect(folders).toEqual(['/var/lib/rancher/k3s', '/etc/rancher'])
  })

  it('has a certificate for its host name', () => {
    expect(named('k3s').command).toContain('--tls-san=k3s')
    expect(named('kubeconfig').command?.join()).toContain('|https://k3s:6443|')
    expect(named('kubeconfig').image).toBe(named('k3s').image)
  })
})

describe('Temporal in docker-compose.yml', () => {
  it('has the same dynamic config as the local stack', async () => {
    const { dynamicSettings } = await import('../../../deploy/local/temporal/dynamic-config.ts')
    const [mount] = named('temporal').configs ?? []
    expect(mount?.target).toBe(named('temporal').environment?.DYNAMIC_CONFIG_FILE_PATH)
    expect(parse(compose.configs[mount?.source ?? '']?.content ?? '')).toEqual(dynamicSettings)
  })

  it('gets its tables from the tools of its own version', () => {
    const version = named('temporal').image.split(':')[1]
    for (const name of ['temporal-schema', 'temporal-namespace'])
      expect(named(name).image).toBe(`temporalio/admin-tools:${version}`)
  })

  it('has the minor versions of the local stack, and so does Kubernetes', async () => {
    const { versions } = await import('../../../deploy/local/programs/build/targets.ts')
    const minor = (version: string): string => version.replace(/\.\d+$/, '.')
    expect(named('temporal').image).toContain(`temporalio/server:${minor(versions.temporal)}`)
    expect(named('temporal-ui').image).toContain(`temporalio/ui:${minor(versions.temporalUi)}`)
    expect(named('k3s').image).toContain(`rancher/k3s:v${minor(versions.kubernetes)}`)
  })
})

function within(range: string, address: string): boolean {
  const [network = '', prefix = ''] = range.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(prefix))
  return list.check(address)
}

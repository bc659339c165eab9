import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Layout } from '../layout.ts'
import { type Report, reported } from '../progress.ts'
import { ctr, PAUSE_IMAGE } from './containerd.ts'

const run = promisify(execFile)
const BUSYBOX = '/bin/busybox'

/** Made here from Debian's static busybox, since a fresh machine may reach no image registry. */
const images = [
  { reference: 'docker.io/library/busybox:1.28', command: ['sh'] },
  // PID 1 of every pod: it sleeps, reaps, and leaves at once when it is told to.
  {
    reference: PAUSE_IMAGE,
    command: ['sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done"],
  },
]

export async function importImages(layout: Layout, report: Report): Promise<void> {
  const { stdout } = await ctr(layout, ['images', 'list', '-q'])
  const present = new Set(stdout.split('\n'))
  const missing = images.filter(({ reference }) => !present.has(reference))
  if (missing.length === 0) return
  const names = missing.map(({ reference }) => reference).join(' and ')
  await reported(report, `Making and importing ${names}`, () => importAll(layout, missing))
}

async function importAll(layout: Layout, missing: typeof images): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-image-'))
  try {
    const layer = await makeLayer(folder)
    for (const [index, image] of missing.entries()) {
      const archive = await makeArchive(join(folder, String(index)), layer, image)
      await ctr(layout, ['images', 'import', archive])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Layer {
  file: string
  digest: string
}

/** A root file system of busybox and its applets. */
async function makeLayer(folder: string): Promise<Layer> {
  const root = join(folder, 'root')
  for (const dir of ['bin', 'etc', 'root', 'tmp', 'usr', 'var'])
    mkdirSync(join(root, dir), { recursive: true })
  cpSync(BUSYBOX, join(root, 'bin/busybox'))
  const { stdout } = await run(BUSYBOX, ['--list'])
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    symlinkSync('busybox', join(root, 'bin', applet))
  }
  symlinkSync('../bin', join(root, 'usr/bin'))
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n')
  const file = join(folder, 'layer.tar')
  await run('tar', ['--owner=0', '--group=0', '-cf', file, '-C', root, '.'])
  const { stdout: sum } = await run('sha256sum', [file])
  return { file, digest: sum.slice(0, 64) }
}

/** The layout of `docker save`, which every container engine takes. */
async function makeArchive(folder: string, layer: Layer, image: (typeof images)[number]): Promise<string> {
  mkdirSync(folder)
  cpSync(layer.file, join(folder, 'layer.tar'))
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: image.command, Env: ['PATH=/bin:/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest}`] },
  })
  const name = `${createHash('sha256').update(config).digest('hex')}.json`
  writeFileSync(join(folder, name), config)
  const manifest = [{ Config: name, RepoTags: [image.reference], Layers: ['layer.tar'] }]
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const archive = `${folder}.tar`
  await run('tar', ['-cf', archive, '-C', folder, 'manifest.json', name, 'layer.tar'])
  return archive
}

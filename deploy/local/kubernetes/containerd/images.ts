import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'
import type { Layout } from '../../layout.ts'
import type { ContainerTools } from '../../programs/packages/container-tools.ts'
import { type Report, reportStep } from '../../report.ts'
import { ctr, IMAGE_ARCHITECTURE, PAUSE_IMAGE, snapshotterIn } from './containerd.ts'

const run = promisify(execFile)

/** Made here from a static busybox, since a fresh machine may reach no image registry. */
const images = [
  { reference: 'docker.io/library/busybox:1.28', command: ['sh'] },
  // PID 1 of every pod: it sleeps, reaps, and leaves at once when it is told to.
  {
    reference: PAUSE_IMAGE,
    command: ['sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done"],
  },
]

/** Imports what is missing, or was made from another busybox: one that is dynamically linked starts nowhere. */
export async function importImages(layout: Layout, tools: ContainerTools, report: Report): Promise<void> {
  const madeFrom = join(layout.stateDir, 'containerd', 'images-made-from')
  const source = createHash('sha256')
    .update(readFileSync(tools.busybox))
    .update(JSON.stringify(images))
    .digest('hex')
  const { stdout } = await ctr(layout, tools, ['images', 'list', '-q'])
  const present = new Set(stdout.split('\n'))
  const same = existsSync(madeFrom) && readFileSync(madeFrom, 'utf8') === source
  const missing = images.filter(({ reference }) => !same || !present.has(reference))
  if (missing.length === 0) return
  const names = missing.map(({ reference }) => reference).join(' and ')
  await reportStep(report, `Making and importing ${names}`, () => importAll(layout, tools, missing))
  writeFileSync(madeFrom, source)
}

async function importAll(layout: Layout, tools: ContainerTools, missing: typeof images): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-image-'))
  try {
    const snapshotter = await snapshotterIn(layout)
    const layer = await makeLayer(folder, tools.busybox)
    for (const [index, image] of missing.entries()) {
      const archive = await makeArchive(join(folder, String(index)), layer, image)
      await ctr(layout, tools, ['images', 'import', '--snapshotter', snapshotter, archive])
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
export async function makeLayer(folder: string, busybox: string): Promise<Layer> {
  const root = join(folder, 'root')
  for (const dir of ['bin', 'etc', 'root', 'tmp', 'usr', 'var'])
    mkdirSync(join(root, dir), { recursive: true })
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true })
  const { stdout } = await run(busybox, ['--list'])
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
  chmodSync(join(root, 'tmp'), 0o1777)
  // Containers of other users read it too, whatever the umask is here.
  await run('tar', ['--owner=0', '--group=0', '--mode=a+rX', '-cf', file, '-C', root, '.'], {
    env: withSystemPath(),
  })
  return { file, digest: createHash('sha256').update(readFileSync(file)).digest('hex') }
}

/** The layout of `docker save`, which every container engine takes. */
async function makeArchive(folder: string, layer: Layer, image: (typeof images)[number]): Promise<string> {
  mkdirSync(folder)
  cpSync(layer.file, join(folder, 'layer.tar'))
  const config = JSON.stringify({
    architecture: IMAGE_ARCHITECTURE,
    os: 'linux',
    config: { Cmd: image.command, Env: ['PATH=/bin:/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest}`] },
  })
  const name = `${createHash('sha256').update(config).digest('hex')}.json`
  writeFileSync(join(folder, name), config)
  const manifest = [{ Config: name, RepoTags: [image.reference], Layers: ['layer.tar'] }]
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const archive = `${folder}.tar`
  await run('tar', ['-cf', archive, '-C', folder, 'manifest.json', name, 'layer.tar'], {
    env: withSystemPath(),
  })
  return archive
}

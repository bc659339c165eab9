import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Layout } from '../../layout.ts'
import type { ContainerTools } from '../../programs/packages/container-tools.ts'
import { type Report, reportStep } from '../../report.ts'
import { ctr, PAUSE_IMAGE } from './containerd.ts'
import { type Image, makeArchive, makeLayer } from './image-archive.ts'
import { snapshotterIn } from './snapshotter.ts'

/** Made here from a static busybox, because a new machine may not reach an image registry. */
const images: Image[] = [
  { reference: 'docker.io/library/busybox:1.28', command: ['sh'] },
  // PID 1 of every pod: it sleeps, reaps zombies, and exits at once on SIGTERM.
  {
    reference: PAUSE_IMAGE,
    command: ['sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done"],
  },
]

/** Imports the images that are missing or were made from another busybox. */
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

async function importAll(layout: Layout, tools: ContainerTools, missing: Image[]): Promise<void> {
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

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'
import { IMAGE_ARCHITECTURE } from './containerd.ts'

const run = promisify(execFile)

export interface Image {
  reference: string
  command: string[]
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
  // Containers that run as other users read it too, whatever the umask is here.
  await run('tar', ['--owner=0', '--group=0', '--mode=a+rX', '-cf', file, '-C', root, '.'], {
    env: withSystemPath(),
  })
  return { file, digest: createHash('sha256').update(readFileSync(file)).digest('hex') }
}

/** The format of `docker save`, which every container engine imports. */
export async function makeArchive(folder: string, layer: Layer, image: Image): Promise<string> {
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

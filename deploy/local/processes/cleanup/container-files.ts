import { globSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Layout } from '../../layout.ts'
import { linkTarget, namesIn, textOf } from '../../read-if-exists.ts'

/** The files of a container outside the folders that its runtime can be given. */
export interface ContainerFiles {
  id: string
  socket: string
}

const SOCKETS = '/run/containerd/s'
const RUNC = '/run/containerd/runc/k8s.io'

/**
 * Of the existing containers. Killed shims leave their sockets behind, and once containerd has removed the folders of
 * their containers, nothing shows whose they were. So call this before anything is stopped.
 */
export function containerFiles({ name }: Layout): ContainerFiles[] {
  const files = globSync(
    `/run/millrace-${name}/containerd/io.containerd.runtime.v2.task/*/*/{address,bootstrap.json}`,
  )
  return files.flatMap((file) => {
    const socket = /unix:\/\/([^"\s]+)/.exec(textOf(file))?.[1]
    return socket && dirname(socket) === SOCKETS ? [{ id: basename(dirname(file)), socket }] : []
  })
}

/** Kubelet, CNI plugins and the runtime keep files of every pod in folders that the whole machine shares. */
export function removeContainerFiles(
  { bridge, name: stack, stateDir }: Layout,
  containers: ContainerFiles[],
): void {
  for (const { id, socket } of containers) {
    rmSync(socket, { force: true })
    rmSync(join(RUNC, id), { recursive: true, force: true })
  }
  const links = '/var/log/containers'
  for (const name of namesIn(links)) {
    const link = join(links, name)
    if (linkTarget(link)?.startsWith(`${stateDir}/`)) rmSync(link, { force: true })
  }
  const results = '/var/lib/cni/results'
  for (const name of namesIn(results)) {
    const file = join(results, name)
    const isOurs = name.startsWith(`${bridge}-`) || textOf(file).includes(`/run/millrace-${stack}/`)
    if (isOurs) rmSync(file, { force: true })
  }
}

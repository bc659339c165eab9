import { type BuildTarget, versions } from './build/targets.ts'
import type { Fit } from './installed/fitting-version.ts'
import type { ProgramName } from './program.ts'

/** The supported processors, by their names in Go. */
export type Architecture = 'amd64' | 'arm64'

/** Programs that belong together: from one place and of one version. */
export interface Release {
  /** The name of the project, for messages. */
  about: string
  version: string
  /** The target that builds them here. */
  target: BuildTarget
  programs: readonly ProgramName[]
  /** Which versions on PATH are compatible. */
  fit: Fit
  /** Where the official release has a program. */
  where(program: ProgramName, architecture: Architecture): ReleaseFile
}

/** The programs of one release that are needed. */
export interface WantedPrograms {
  release: Release
  names: readonly ProgramName[]
}

export interface ReleaseFile {
  /** Without its scheme, which is https. */
  address: string
  /** Path of the program in the archive. Without it, the file is the program. */
  member?: string
}

const onGithub = (repository: string, version: string, file: string): string =>
  `github.com/${repository}/releases/download/v${version}/${file}`

/** The official releases of each project. */
export const releases: readonly Release[] = [
  {
    about: 'Temporal',
    version: versions.temporal,
    target: 'temporal',
    programs: ['temporal-server', 'temporal-sql-tool'],
    fit: 'same-minor',
    where(program, architecture) {
      const file = `temporal_${this.version}_linux_${architecture}.tar.gz`
      return { address: onGithub('temporalio/temporal', this.version, file), member: program }
    },
  },
  {
    about: "Temporal's Web UI",
    version: versions.temporalUi,
    target: 'temporal',
    programs: ['temporal-ui-server'],
    fit: 'newer-minor',
    where(_, architecture) {
      const file = `ui-server_${this.version}_linux_${architecture}.tar.gz`
      return { address: onGithub('temporalio/ui-server', this.version, file), member: 'ui-server' }
    },
  },
  {
    about: 'etcd',
    version: versions.etcd,
    target: 'cluster',
    programs: ['etcd'],
    fit: 'same-minor',
    where(_, architecture) {
      const folder = `etcd-v${this.version}-linux-${architecture}`
      return {
        address: onGithub('etcd-io/etcd', this.version, `${folder}.tar.gz`),
        member: `${folder}/etcd`,
      }
    },
  },
  {
    about: 'Kubernetes',
    version: versions.kubernetes,
    target: 'cluster',
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'],
    fit: 'same-minor',
    where(program, architecture) {
      return { address: `dl.k8s.io/release/v${this.version}/bin/linux/${architecture}/${program}` }
    },
  },
  {
    about: 'kwok',
    version: versions.kwok,
    target: 'kwok',
    programs: ['kwok'],
    fit: 'newer-minor',
    where(_, architecture) {
      return { address: onGithub('kubernetes-sigs/kwok', this.version, `kwok-linux-${architecture}`) }
    },
  },
]

export const nameOf = ({ about, version }: Release): string => `${about} ${version}`

/** undefined if no releases exist for this machine: they are for Linux on two processors. */
export function architecture(): Architecture | undefined {
  if (process.platform !== 'linux') return undefined
  if (process.arch === 'x64') return 'amd64'
  return process.arch === 'arm64' ? 'arm64' : undefined
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterPrograms, type ProgramName, simulatorPrograms, temporalPrograms } from '../program.ts'

/**
 * The Go module of the local stack and its build targets. One module has one set of versions, so that a package which
 * several programs use is compiled once.
 */
export const goFolder = join(import.meta.dirname, '../go')

/** Each target is one file that contains these programs and chooses by the name it is called by. */
export const targets = {
  temporal: {
    about: 'Temporal with its Web UI',
    pkg: './temporal',
    programs: temporalPrograms as readonly ProgramName[],
  },
  cluster: {
    about: 'Kubernetes with etcd',
    pkg: './cluster',
    programs: clusterPrograms as readonly ProgramName[],
  },
  // A separate target, because only tests and benchmarks need it: a start does not compile its dependencies.
  kwok: {
    about: 'kwok',
    pkg: 'sigs.k8s.io/kwok/cmd/kwok',
    programs: simulatorPrograms as readonly ProgramName[],
  },
} as const
export type BuildTarget = keyof typeof targets

const goMod = readFileSync(join(goFolder, 'go.mod'), 'utf8')

/** The versions in go.mod, without a leading v. */
export const versions = {
  temporal: versionOf('go.temporal.io/server'),
  temporalUi: versionOf('github.com/temporalio/ui-server/v2'),
  kubernetes: versionOf('k8s.io/kubernetes'),
  etcd: versionOf('go.etcd.io/etcd/server/v3'),
  kwok: versionOf('sigs.k8s.io/kwok'),
} as const

/** The oldest Go that can build the module, for example 1.26.0. */
export const goVersion = ((): string => {
  const version = /^go (\S+)$/m.exec(goMod)?.[1]
  if (!version) throw new Error(`${goFolder}/go.mod does not name a Go version`)
  return version
})()

function versionOf(path: string): string {
  const line = goMod
    .split('\n')
    .map((text) => text.trim())
    .find((text) => text.startsWith(`${path} v`))
  const version = line?.split(' ')[1]?.slice(1)
  if (!version) throw new Error(`${goFolder}/go.mod does not require ${path}`)
  return version
}

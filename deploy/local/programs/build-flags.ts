import { availableParallelism, freemem, totalmem } from 'node:os'
import { versions } from './modules.ts'

/** Neither debugged nor traced line by line: without debug information the compiler takes a twelfth less. */
const always = ['-dwarf=false']
/** Neither inlined nor optimized: a fifth less again, for code whose speed nobody feels. */
const cold = [...always, '-N', '-l']

/**
 * Packages that run seldom or never here: clients of clouds and databases that are not used, generated clients, and the
 * parts of Kubernetes that stand at the edge. What carries every run (API server, storage, scheduler, kubelet,
 * controllers of Jobs, Temporal, SQLite, and all libraries below them) is optimized as ever. The last pattern that
 * fits a package counts.
 */
const patterns: [pattern: string, flags: string[]][] = [
  ['all', always],
  ['cloud.google.com/...', cold],
  ['github.com/GoogleCloudPlatform/...', cold],
  ['github.com/aws/...', cold],
  ['github.com/envoyproxy/...', cold],
  ['github.com/gocql/...', cold],
  ['github.com/google/cadvisor/...', cold],
  ['github.com/google/cel-go/...', cold],
  ['github.com/google/gnostic-models/...', cold],
  ['github.com/olivere/...', cold],
  ['go.temporal.io/auto-scaled-workers/...', cold],
  ['google.golang.org/api/...', cold],
  ['k8s.io/apiextensions-apiserver/...', cold],
  ['k8s.io/client-go/applyconfigurations/...', cold],
  ['k8s.io/client-go/informers/...', cold],
  ['k8s.io/client-go/kubernetes/...', cold],
  ['k8s.io/client-go/listers/...', cold],
  ['k8s.io/kube-aggregator/...', cold],
  ['k8s.io/kubernetes/...', cold],
  ['k8s.io/kubernetes/pkg/apis/core/...', always],
  ['k8s.io/kubernetes/pkg/apis/batch/...', always],
  ['k8s.io/kubernetes/pkg/controller/garbagecollector/...', always],
  ['k8s.io/kubernetes/pkg/controller/job/...', always],
  ['k8s.io/kubernetes/pkg/kubelet/...', always],
  ['k8s.io/kubernetes/pkg/registry/batch/...', always],
  ['k8s.io/kubernetes/pkg/registry/core/...', always],
  ['k8s.io/kubernetes/pkg/scheduler/...', always],
]

const kubernetesVersion = (name: string, value: string): string =>
  `-X k8s.io/component-base/version.${name}=${value}`

/** What Kubernetes says of its own version comes from the linker. */
function linkerFlags(): string {
  const [major = '', minor = ''] = versions.kubernetes.split('.')
  const said = { gitVersion: `v${versions.kubernetes}`, gitMajor: major, gitMinor: minor }
  return ['-s', '-w', ...Object.entries(said).map(([name, value]) => kubernetesVersion(name, value))].join(
    ' ',
  )
}

/** Arguments of `go build` that say what is made: two builds with the same ones share what is compiled. */
export const buildFlags: readonly string[] = [
  '-trimpath',
  '-buildvcs=false',
  // Google's storage client is linked for archives that nobody makes here; its own way to leave out what it needs of gRPC.
  ...['-tags', 'disable_grpc_modules'],
  ...patterns.map(([pattern, flags]) => `-gcflags=${pattern}=${flags.join(' ')}`),
  `-ldflags=${linkerFlags()}`,
]

/** Packages that are compiled side by side. Go would take the number of threads that each compiler has, see `buildEnv`. */
export const parallelism = `-p=${availableParallelism()}`

/** Of memory, for each of the compilers that run side by side, before their collector begins. */
const MEMORY_SHARE = 8
const MEMORY_MAX = 2 * 1024 ** 3

/**
 * The environment of a build: nothing of the user's that would change what is made or where it is looked for. A
 * compiler lives for a second: one that collects no garbage takes a quarter less CPU, and is told when to begin.
 */
export function buildEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { GOOS: _, GOARCH: __, GOEXPERIMENT: ___, GOAMD64: ____, GOARM64: _____, ...kept } = env
  const limit = Math.min(MEMORY_MAX, Math.max(freemem(), totalmem() / 2) / MEMORY_SHARE)
  return {
    ...kept,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    GOWORK: 'off',
    GOGC: 'off',
    GOMEMLIMIT: String(Math.floor(limit)),
    // Threads of each compiler: with a package for every core there is nothing for more of them to do but to wait.
    GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
  }
}

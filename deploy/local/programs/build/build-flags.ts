import { availableParallelism, freemem, totalmem } from 'node:os'
import { versions } from './targets.ts'

/** Neither debugged nor traced line by line: without debug information the compiler takes a twelfth less. */
const always = ['-dwarf=false']
/** Neither inlined nor optimized: a fifth less again, for code whose speed nobody feels. */
const cold = [...always, '-N', '-l']

/**
 * Packages that run seldom or never here: clients of clouds and databases that are not used, generated clients, and the
 * parts of Kubernetes that stand at the edge, or wait for containers. What carries every run (API server, storage,
 * scheduler, controllers of Jobs, Temporal, SQLite, and all libraries below them) is optimized as ever. The last pattern that
 * fits a package counts.
 */
const patterns: [pattern: string, flags: string[]][] = [
  ['all', always],
  ...[
    'cloud.google.com/...',
    'github.com/GoogleCloudPlatform/...',
    'github.com/antlr4-go/...',
    'github.com/apache/...',
    'github.com/aws/...',
    'github.com/containerd/...',
    'github.com/coreos/...',
    'github.com/go-jose/...',
    'github.com/go-openapi/...',
    'github.com/gocql/...',
    'github.com/google/cadvisor/...',
    'github.com/google/cel-go/...',
    'github.com/google/gnostic-models/...',
    'github.com/google/s2a-go/...',
    'github.com/googleapis/...',
    'github.com/labstack/...',
    'github.com/olivere/...',
    'github.com/opencontainers/...',
    'github.com/temporalio/ringpop-go/...',
    'github.com/temporalio/tchannel-go/...',
    'go.temporal.io/auto-scaled-workers/...',
    'go.temporal.io/server/common/archiver/...',
    'google.golang.org/api/...',
    'k8s.io/apiextensions-apiserver/...',
    'k8s.io/client-go/applyconfigurations/...',
    'k8s.io/client-go/informers/...',
    'k8s.io/client-go/kubernetes/...',
    'k8s.io/client-go/listers/...',
    'k8s.io/cloud-provider/...',
    'k8s.io/kube-aggregator/...',
    'k8s.io/kubernetes/...',
    'k8s.io/metrics/...',
    'sigs.k8s.io/kustomize/...',
  ].map((pattern): [string, string[]] => [pattern, cold]),
  ...[
    'k8s.io/kubernetes/pkg/apis/batch/...',
    'k8s.io/kubernetes/pkg/apis/core/...',
    'k8s.io/kubernetes/pkg/controller/garbagecollector/...',
    'k8s.io/kubernetes/pkg/controller/job/...',
    'k8s.io/kubernetes/pkg/registry/batch/...',
    'k8s.io/kubernetes/pkg/registry/core/...',
    'k8s.io/kubernetes/pkg/scheduler/...',
  ].map((pattern): [string, string[]] => [pattern, always]),
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

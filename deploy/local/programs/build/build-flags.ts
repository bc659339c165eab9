import { availableParallelism, freemem, totalmem } from 'node:os'
import { versions } from './targets.ts'

/** Nobody debugs or traces these programs. Without debug information the compiler takes a twelfth less time. */
const always = ['-dwarf=false']
/** No inlining or optimization: another fifth less, for code whose speed does not matter. */
const cold = [...always, '-N', '-l']

/**
 * Packages that run seldom or never here: clients of unused clouds and databases, generated clients, and parts of
 * Kubernetes that are not on the path of a run or that wait for containers. What every run needs (API server,
 * storage, scheduler, controllers of Jobs, Temporal, SQLite, and all libraries below them) is optimized as usual. The
 * last matching pattern applies.
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

/** The linker sets the version that Kubernetes reports. */
function linkerFlags(): string {
  const [major = '', minor = ''] = versions.kubernetes.split('.')
  const said = { gitVersion: `v${versions.kubernetes}`, gitMajor: major, gitMinor: minor }
  return ['-s', '-w', ...Object.entries(said).map(([name, value]) => kubernetesVersion(name, value))].join(
    ' ',
  )
}

/** Arguments of `go build` that determine the result. Two builds with the same arguments share compiled packages. */
export const buildFlags: readonly string[] = [
  '-trimpath',
  '-buildvcs=false',
  // Google's storage client is linked for archives that nobody uses here. Its own tag leaves out its gRPC
  // dependencies.
  ...['-tags', 'disable_grpc_modules'],
  ...patterns.map(([pattern, flags]) => `-gcflags=${pattern}=${flags.join(' ')}`),
  `-ldflags=${linkerFlags()}`,
]

/**
 * Number of packages compiled concurrently. Go's default is the number of threads of each compiler, see `buildEnv`.
 */
export const parallelism = `-p=${availableParallelism()}`

/** The share of memory for each concurrent compiler before its garbage collector starts. */
const MEMORY_SHARE = 8
const MEMORY_MAX = 2 * 1024 ** 3

/**
 * The environment of a build, without settings of the user that would change the result or where it is looked for. A
 * compiler lives for about a second: without garbage collection below the limit it takes a quarter less CPU.
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
    // Threads of each compiler. With one package per core, more threads would only wait.
    GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
  }
}

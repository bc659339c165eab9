import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheHome } from '../layout.ts'
import { type Report, reported } from '../progress.ts'

const run = promisify(execFile)
const KUBERNETES = 'v1.34.4'
const version = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`

/** The Go modules of modules/, and what is built of each. */
const modules = {
  temporal: {
    about: 'Temporal 1.29.1 with its Web UI, about 2 minutes',
    pkg: 'github.com/temporalio/cli/cmd/temporal',
    flags: '',
  },
  'temporal-server': {
    about: 'Temporal 1.29.1 for PostgreSQL, up to 3 minutes',
    pkg: '.',
    flags: '',
  },
  etcd: { about: 'etcd 3.6, about 15 seconds', pkg: '.', flags: '' },
  kubernetes: {
    about: `Kubernetes ${KUBERNETES}, about 4 minutes`,
    pkg: '.',
    flags: [version('gitVersion', KUBERNETES), version('gitMajor', '1'), version('gitMinor', '34')].join(' '),
  },
  kwok: { about: 'kwok 0.8, about a minute', pkg: 'sigs.k8s.io/kwok/cmd/kwok', flags: '' },
} as const
export type ModuleName = keyof typeof modules

/**
 * Path of the binary of a module, built on the first call on this machine and kept outside the checkout, under
 * the hash of all that it is made from. Two builds at once end in one file: each renames its own into place.
 */
export async function ensureBinary(name: ModuleName, report: Report): Promise<string> {
  const folder = join(import.meta.dirname, 'modules', name)
  const { about, pkg, flags } = modules[name]
  const ldflags = `-s -w ${flags}`.trim()
  const path = join(cacheHome(), 'bin', `${name}-${hashOf(folder, ldflags)}`)
  if (existsSync(path)) return path
  await requireGo()
  mkdirSync(join(cacheHome(), 'bin'), { recursive: true })
  const temporary = `${path}.${process.pid}`
  try {
    await reported(report, `Building ${about}, once on this machine`, () =>
      run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, '-o', temporary, pkg], {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
        maxBuffer: 64 << 20,
      }),
    )
    renameSync(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
  return path
}

function hashOf(folder: string, flags: string): string {
  const hash = createHash('sha256').update(flags)
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    const path = join(folder, file)
    if (existsSync(path)) hash.update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 12)
}

async function requireGo(): Promise<void> {
  try {
    await run('go', ['version'])
  } catch (error) {
    throw new Error('Go is missing: install Go 1.25 or newer, which builds the local stack', { cause: error })
  }
}

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheHome } from '../../layout.ts'
import { requireReadyToBuild } from '../../preflight/ready-to-build.ts'
import { type Report, reportStep } from '../../report.ts'
import { buildFlags, parallelism } from './build-flags.ts'
import { BuildProgress, type Package } from './build-progress.ts'
import { BuiltPackages } from './built-packages.ts'
import { runGo } from './run-go.ts'
import { type BuildTarget, goFolder, targets } from './targets.ts'

export interface BuildOptions {
  report: Report
  signal: AbortSignal
}

/** Path of the built file, if it was built on this machine before. */
export function builtTarget(name: BuildTarget): string | undefined {
  const path = pathOf(name)
  return existsSync(path) ? path : undefined
}

/**
 * Path of the built file. The first call on this machine builds it. It is stored outside the checkout, under the hash
 * of everything that it is made from. An interrupted build resumes, because Go keeps every compiled package. Two
 * concurrent builds end in one file: each renames its own into place.
 */
export async function buildTarget(name: BuildTarget, { report, signal }: BuildOptions): Promise<string> {
  const path = pathOf(name)
  if (existsSync(path)) return path
  await requireReadyToBuild([name])
  signal.throwIfAborted()
  mkdirSync(join(cacheHome(), 'bin'), { recursive: true })
  const temporary = `${path}.${process.pid}`
  const { about, pkg } = targets[name]
  try {
    await reportStep(report, `Building ${about}, once on this machine`, async () => {
      const packages = await packagesOf(pkg, { report, signal })
      const built = BuiltPackages.open(buildFlags)
      const progress = new BuildProgress(packages, built.names())
      await runGo(['build', '-v', parallelism, ...buildFlags, '-o', temporary, pkg], {
        cwd: goFolder,
        signal,
        onLine(line) {
          if (!progress.started(line)) return
          built.add(line)
          report(`Building ${about}: ${progress.text()}`, 'progress')
        },
      })
    })
    renameSync(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
  return path
}

/** All packages of a program. Downloads the Go modules that hold them, if they are missing. */
async function packagesOf(pkg: string, { report, signal }: BuildOptions): Promise<Package[]> {
  const format = '{{.ImportPath}}\t{{.Dir}}\t{{join .GoFiles "\t"}}'
  let fetched = 0
  const tags = buildFlags.slice(buildFlags.indexOf('-tags'), buildFlags.indexOf('-tags') + 2)
  const output = await runGo(['list', '-deps', ...tags, '-f', format, pkg], {
    cwd: goFolder,
    signal,
    onLine(line) {
      if (!line.startsWith('go: downloading ')) return
      fetched += 1
      report(`Fetching sources: ${fetched} Go modules so far`, 'progress')
    },
  })
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', folder = '', ...files] = line.split('\t')
      return { name, bytes: files.reduce((sum, file) => sum + sizeOf(join(folder, file)), 0) }
    })
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

function pathOf(name: BuildTarget): string {
  const hash = createHash('sha256').update(buildFlags.join('\n'))
  for (const file of ['go.mod', 'go.sum', join(targets[name].pkg, 'main.go')]) {
    const path = join(goFolder, file)
    if (existsSync(path)) hash.update(readFileSync(path))
  }
  return join(cacheHome(), 'bin', `${name}-${hash.digest('hex').slice(0, 12)}`)
}

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Sample } from './parts.ts'

/** A user's own mirrors are kept, and the variables and folders of caches are hidden. */
const kept = ['.npmrc', '.config/go/env']
const hidden = /^(XDG_|GOPATH|GOCACHE|GOMODCACHE|npm_|TEMPORAL_|MILLRACE_|KUBECONFIG|INIT_CWD|NODE_OPTIONS)/
/** Clock ticks of /proc in a second: a constant of Linux's interface to programs. */
const TICKS = 100

/** A fresh clone with a home folder without caches. Debian packages of the machine stay installed. */
export class EmptyMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-cold-'))
  readonly #clone = join(this.#folder, 'clone')
  readonly #home = join(this.#folder, 'home')

  constructor(repository: string, commit: string) {
    mkdirSync(this.#home)
    for (const file of kept) {
      const from = join(homedir(), file)
      if (!existsSync(from)) continue
      mkdirSync(dirname(join(this.#home, file)), { recursive: true })
      copyFileSync(from, join(this.#home, file))
    }
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', repository, this.#clone])
    execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: this.#clone })
  }

  /** Runs an npm script. Resolves with its exit code and a sample for each line and for its end. Throws if it is aborted. */
  async run(
    args: readonly string[],
    env: Record<string, string>,
    { onLine, signal }: { onLine(line: string): void; signal: AbortSignal },
  ): Promise<{ samples: Sample[]; code: number | null }> {
    signal.throwIfAborted()
    const inherited = Object.entries(process.env).filter(([name]) => !hidden.test(name))
    const child = spawn('npm', args, {
      cwd: this.#clone,
      env: { ...Object.fromEntries(inherited), PATH: outsidePath(), HOME: this.#home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the signal reaches all its processes.
      detached: true,
    })
    const onAbort = (): void => void (child.pid && process.kill(-child.pid, 'SIGTERM'))
    signal.addEventListener('abort', onAbort, { once: true })
    const startedAt = performance.now()
    const cpuAtStart = cpuSeconds()
    const samples: Sample[] = []
    const take = (line: string): void => {
      samples.push({
        line,
        seconds: (performance.now() - startedAt) / 1_000,
        cpuSeconds: cpuSeconds() - cpuAtStart,
      })
    }
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        take(line)
        onLine(line)
      })
    const [code] = await once(child, 'close')
    signal.removeEventListener('abort', onAbort)
    signal.throwIfAborted()
    take('')
    return { samples, code }
  }

  remove(): void {
    // Go's module cache is read-only.
    execFileSync('chmod', ['-R', 'u+w', this.#folder])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** PATH without what npm has added, so that the clone finds its own programs. */
const outsidePath = (): string =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':')

/** CPU seconds of all cores since boot, without iowait. Nothing else should run on the machine. */
function cpuSeconds(): number {
  const ticks = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/ +/).slice(1).map(Number)
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = ticks
  return (user + nice + system + interrupts + softInterrupts) / TICKS
}

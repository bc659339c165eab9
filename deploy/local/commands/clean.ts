import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { cacheHome } from '../layout.ts'
import { currentPrograms, programsFolder } from '../programs/cached-programs.ts'
import { type CacheEntry, entriesIn, unusedIn } from '../programs/old-programs.ts'
import { keptBusybox } from '../programs/packages/busybox.ts'

const help = `millrace clean: lists files in the cache that are no longer used

  --caches     remove them: programs of other versions and everything else that can be downloaded or built again,
               except what this version uses or is running
  -h, --help   this text

The state of a stack (runs, databases, logs) is not in the cache and stays.
`

/** Lists or removes what the cache holds and no version uses. It asks no questions. */
export function clean(args: string[]): void {
  const options = {
    caches: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values } = parseArgs({ args, options })
  if (values.help) return void process.stdout.write(help)
  const { unused, kept } = cacheEntries([keptBusybox(), ...currentPrograms()])
  if (values.caches) for (const { path } of unused) rmSync(path, { recursive: true, force: true })
  process.stdout.write(`${summary(unused, kept, values.caches).join('\n')}\n`)
}

interface CacheEntries {
  unused: CacheEntry[]
  kept: CacheEntry[]
}

export function cacheEntries(current: readonly string[]): CacheEntries {
  const unused = [
    ...unusedIn(programsFolder(), current),
    ...unusedIn(cacheHome(), [programsFolder(), ...current]),
  ]
  const gone = new Set(unused.map(({ path }) => path))
  return { unused, kept: entriesIn(programsFolder()).filter(({ path }) => !gone.has(path)) }
}

function summary(unused: CacheEntry[], kept: CacheEntry[], removed: boolean): string[] {
  const what = removed ? 'Removed' : '`npm run clean -- --caches` would remove'
  const heading = unused.length === 0 ? 'Nothing to remove' : `${what} ${total(unused)}:`
  const rest =
    kept.length === 0
      ? []
      : [`Kept, because this version uses it or it is running: ${total(kept)}`, ...lines(kept)]
  return [
    heading,
    ...lines(unused),
    ...rest,
    "Go's own caches are shared with other projects and stay. To empty them: `go clean -cache -modcache`",
  ]
}

const total = (entries: CacheEntry[]): string => inMb(entries.reduce((sum, { bytes }) => sum + bytes, 0))
const lines = (entries: CacheEntry[]): string[] =>
  entries.map(({ path, bytes }) => `${inMb(bytes).padStart(9)}  ${path}`)
const inMb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** One package of a build. */
export interface Package {
  name: string
  /** Size of its Go files together. */
  bytes: number
}

/** The cost of a package beside its own code, mostly reading its imports, in bytes of code. */
const FIXED_BYTES = 20_000
/** The share of the work before which the speed is not meaningful. */
const TELLING_SHARE = 0.03

/** Progress of a build, by the packages that Go starts to compile. `now` is in milliseconds of a monotonic clock. */
export class BuildProgress {
  readonly #left: Map<string, number>
  readonly #now: () => number
  readonly #startedAt: number
  #total: number
  #done = 0
  #doneBytes = 0
  #totalBytes: number
  readonly #all: Map<string, number>

  /** `built`: packages that are probably in Go's cache. */
  constructor(
    packages: readonly Package[],
    built: ReadonlySet<string>,
    now: () => number = () => performance.now(),
  ) {
    this.#all = new Map(packages.map(({ name, bytes }) => [name, FIXED_BYTES + bytes]))
    this.#left = new Map([...this.#all].filter(([name]) => !built.has(name)))
    this.#total = this.#left.size
    this.#totalBytes = [...this.#left.values()].reduce((sum, bytes) => sum + bytes, 0)
    this.#now = now
    this.#startedAt = now()
  }

  /** Takes a line of `go build -v`. False if it is not a package of this build. */
  started(name: string): boolean {
    const bytes = this.#all.get(name)
    if (bytes === undefined) return false
    // It was built once, but Go's cache was emptied.
    if (!this.#left.delete(name)) {
      this.#total += 1
      this.#totalBytes += bytes
    }
    this.#done += 1
    this.#doneBytes += bytes
    return true
  }

  /** For example `812 of 2,636 packages, about 2 min 10 s left`. */
  text(): string {
    const count = `${this.#done.toLocaleString('en')} of ${this.#total.toLocaleString('en')} packages`
    const share = this.#doneBytes / this.#totalBytes
    if (share < TELLING_SHARE) return count
    const leftMs = ((this.#now() - this.#startedAt) / share) * (1 - share)
    return `${count}, about ${inWords(leftMs)} left`
  }
}

/** In steps that match the accuracy of the estimate. */
function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 5_000) * 5
  if (seconds < 60) return `${Math.max(5, seconds)} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60 === 0 ? '' : `${seconds % 60} s`}`.trimEnd()
}

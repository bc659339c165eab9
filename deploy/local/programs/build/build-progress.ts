/** One package of a build. */
export interface Package {
  name: string
  /** Of its Go files together. */
  bytes: number
}

/** What it takes to compile a package beside its own code, which is to read those that it imports, as if it were bytes. */
const FIXED_BYTES = 20_000
/** Of all the work: before that its speed says nothing. */
const TELLING_SHARE = 0.03

/** How far a build is, by the packages that Go begins to compile. `now` in milliseconds, of a clock that never goes back. */
export class BuildProgress {
  readonly #left: Map<string, number>
  readonly #now: () => number
  readonly #startedAt: number
  #total: number
  #done = 0
  #doneBytes = 0
  #totalBytes: number
  readonly #all: Map<string, number>

  /** `built`: packages of which Go has kept what it made of them, as far as is known. */
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

  /** Takes a line of `go build -v`; false where it is no package of this build. */
  started(name: string): boolean {
    const bytes = this.#all.get(name)
    if (bytes === undefined) return false
    // Go has it no more, though it was built once: its cache was emptied.
    if (!this.#left.delete(name)) {
      this.#total += 1
      this.#totalBytes += bytes
    }
    this.#done += 1
    this.#doneBytes += bytes
    return true
  }

  /** As in `812 of 2,636 packages, about 2 min 10 s left`. */
  text(): string {
    const count = `${this.#done.toLocaleString('en')} of ${this.#total.toLocaleString('en')} packages`
    const share = this.#doneBytes / this.#totalBytes
    if (share < TELLING_SHARE) return count
    const leftMs = ((this.#now() - this.#startedAt) / share) * (1 - share)
    return `${count}, about ${inWords(leftMs)} left`
  }
}

/** In steps that do not pretend to know more than they do. */
function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 5_000) * 5
  if (seconds < 60) return `${Math.max(5, seconds)} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60 === 0 ? '' : `${seconds % 60} s`}`.trimEnd()
}

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheHome } from '../../layout.ts'

/**
 * The packages that were compiled here with these flags, one a line, so that a build which was cut off says how much is
 * left of it. It is there for the progress alone: what need not be compiled again Go knows by itself.
 */
export class BuiltPackages {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  static open(flags: readonly string[]): BuiltPackages {
    const key = createHash('sha256').update(flags.join('\n')).digest('hex').slice(0, 12)
    const file = join(cacheHome(), 'built', `packages-${key}.txt`)
    mkdirSync(dirname(file), { recursive: true })
    return new BuiltPackages(file)
  }

  names(): Set<string> {
    return new Set(existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [])
  }

  add(name: string): void {
    appendFileSync(this.#file, `${name}\n`)
  }
}

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheHome } from '../../layout.ts'

/**
 * The packages that were compiled here with these flags, one a line, so that the next build can show how much is left
 * after an interrupted one. It serves the progress display only: Go itself knows what it must compile.
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

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterPrograms, simulatorPrograms, temporalPrograms } from '../../deploy/local/programs/program.ts'
import { namesIn, textOf } from '../../deploy/local/read-if-exists.ts'

/** A PATH and a cache of its own for this process, and a fake Go that builds at once. */
export interface FakePrograms {
  /** Puts a command on PATH: a shell script without its first line. */
  command(name: string, script: string): string
  /** Puts unusable programs on PATH, before any of this machine. */
  hidePrograms(): void
  /** The content of the program cache, sorted. */
  cached(): string[]
  /** The calls of Go, one a line, with their folder. */
  built(): string[]
  /** Makes every further build fail. */
  breakGo(): void
  remove(): void
}

/** Prints only this text. */
export const says = (text: string): string => `echo '${text}'`

const GO = [
  'echo "$(pwd): $@" >>"$0.log"',
  '[ "$1" = env ] && echo go1.99.0',
  'while [ $# -gt 0 ]; do [ "$1" = -o ] && printf "#!/bin/sh\\n" >"$2" && chmod +x "$2"; shift; done',
  'exit 0',
].join('\n')

export function makeFakePrograms(): FakePrograms {
  const before = { PATH: process.env.PATH, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
  const folder = mkdtempSync(join(tmpdir(), 'millrace-fakes-'))
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')]
  mkdirSync(bin)
  Object.assign(process.env, { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: cache })
  const command = (name: string, script: string): string => {
    const path = join(bin, name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    return path
  }
  const go = command('go', GO)
  return {
    command,
    hidePrograms() {
      for (const name of [...clusterPrograms, ...simulatorPrograms, ...temporalPrograms, 'temporal'])
        command(name, 'exit 3')
    },
    cached: () => namesIn(join(cache, 'millrace', 'bin')).sort(),
    built: () => textOf(`${go}.log`).split('\n').filter(Boolean),
    breakGo: () => void command('go', 'echo "this Go is broken" >&2; exit 1'),
    remove() {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeCommands, onlyCommands, temporaryFolder } from './fake-commands.ts'

const root = join(import.meta.dirname, '../..')
const START = ['deploy/local/main.ts', 'start']

/** What an install leaves behind: npm's record that it finished, and the program of the package `node`. */
const INSTALL = `mkdir -p node_modules/.bin; touch node_modules/.package-lock.json
printf '#!/bin/sh\\n[ "$1" = -v ] && echo v24.0.0 || echo "ran $*"\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node`

describe('deploy/local/run.sh', () => {
  it('installs on a fresh clone and runs with the installed Node', () => {
    const checkout = makeCheckout()
    const { output, status } = checkout.run(...START, '--no-demo')
    expect(output).toContain('Installing the npm packages')
    expect(output).toContain('ran --disable-warning=ExperimentalWarning deploy/local/main.ts start --no-demo')
    expect(status).toBe(0)
  })

  it('installs once', () => {
    const checkout = makeCheckout()
    checkout.run(...START)
    expect(checkout.run(...START).output).not.toContain('Installing')
    expect(checkout.npmCalls()).toEqual(['ci'])
  })

  it('installs nothing if Kubernetes is needed and the user is not root', () => {
    const checkout = makeCheckout({ id: '[ "$1" = -un ] && echo ada || echo 1000' })
    const { output, status } = checkout.run(...START)
    expect(output).toMatch(
      /^millrace: .*needs root, and this is user ada.*--context NAME.*docker compose up --build/,
    )
    expect(status).toBe(1)
    expect(checkout.npmCalls()).toEqual([])
  })

  it.each([
    { how: 'with a cluster by --context', args: [...START, '--context', 'mine'], env: {} },
    { how: 'with --context=NAME', args: [...START, '--context=mine'], env: {} },
    { how: 'with a cluster by MILLRACE_CONTEXT', args: START, env: { MILLRACE_CONTEXT: 'mine' } },
    { how: 'to read the help', args: [...START, '--help'], env: {} },
    { how: 'to stop', args: ['deploy/local/main.ts', 'stop'], env: {} },
    { how: 'to run a worker', args: ['src/server/main.ts', 'worker'], env: {} },
    { how: 'for the unit tests', args: ['test/run.ts', 'unit'], env: {} },
  ])('needs no root $how', ({ args, env }) => {
    const checkout = makeCheckout({ id: 'echo 1000' }, env)
    expect(checkout.run(...args).output).toContain(
      `ran --disable-warning=ExperimentalWarning ${args.join(' ')}`,
    )
  })

  it('says that the tests with a stack need root, and how to run the others', () => {
    const { output, status } = makeCheckout({ id: 'echo 1000' }).run('test/run.ts')
    expect(output).toContain('`npm test -- unit` runs the tests that need no stack')
    expect(status).toBe(1)
  })

  it('installs nothing for a start on macOS and names what works there', () => {
    const checkout = makeCheckout({ uname: 'echo Darwin' })
    const { output } = checkout.run(...START, '--context', 'mine')
    expect(output).toMatch(
      /runs on Linux only, and this is macOS.*docker compose up --build.*millrace -- install/,
    )
    expect(checkout.npmCalls()).toEqual([])
    expect(checkout.run('src/server/main.ts', 'worker').output).toContain('ran ')
  })

  it('installs nothing with musl and names what works there', () => {
    const checkout = makeCheckout({ ldd: 'echo "musl libc (x86_64)" >&2; exit 1' })
    const { output, status } = checkout.run(...START)
    expect(output).toMatch(/musl \(Alpine\).*docker compose up --build/)
    expect(status).toBe(1)
    expect(checkout.npmCalls()).toEqual([])
  })

  it('reports that Node or npm is missing', () => {
    const checkout = makeCheckout()
    checkout.remove('npm')
    expect(checkout.run(...START).output).toContain('install Node.js 20 or newer, which brings npm')
  })

  it('reports that Node is too old', () => {
    const { output } = makeCheckout({ node: '[ "$1" = -v ] && echo v18.19.0 || echo false' }).run(...START)
    expect(output).toContain('Node.js v18.19.0 is too old')
  })

  it('reports the remedy if the packages cannot be downloaded', () => {
    const npm =
      '[ "$1" = config ] && echo https://mirror.example/ || { echo "npm error ENOTFOUND" >&2; exit 1; }'
    const { output, status } = makeCheckout({ npm }).run(...START)
    expect(output).toContain('npm error ENOTFOUND')
    expect(output).toMatch(/npm ci failed.*https:\/\/mirror\.example\/.*npm config set proxy/)
    expect(status).toBe(1)
  })

  it('reports at every start that install scripts did not run, and the command that runs the needed one', () => {
    const npm = `echo "$1" >> npm-calls
case "$1" in config) echo true ;; ci) mkdir -p node_modules; touch node_modules/.package-lock.json ;; esac`
    const checkout = makeCheckout({ npm })
    for (const _ of ['first', 'later']) {
      const { output, status } = checkout.run(...START)
      expect(output).toMatch(
        /\.bin\/node is missing.*ignore-scripts is true.*npm rebuild node --ignore-scripts=false/,
      )
      expect(status).toBe(1)
    }
    expect(checkout.npmCalls().filter((call) => call === 'ci')).toHaveLength(1)
  })

  it('reports that node_modules is for another kind of machine, although npm puts it first on PATH', () => {
    const checkout = makeCheckout()
    checkout.run(...START)
    writeFileSync(
      join(checkout.folder, 'node_modules/.bin/node'),
      Buffer.from('\x7fELF of another processor'),
    )
    const { output, status } = checkout.runAsNpm(...START)
    expect(output).toMatch(/\.bin\/node cannot run here, on \S+ \S+: .*rm -rf node_modules/)
    expect(output).not.toContain('too old')
    expect(status).toBe(1)
  })

  it('passes on its own PATH', () => {
    const checkout = makeCheckout()
    checkout.run(...START)
    const bin = join(checkout.folder, 'node_modules/.bin')
    writeFileSync(join(bin, 'node'), '#!/bin/sh\necho "PATH is $PATH"\n')
    expect(checkout.runAsNpm(...START).output).toMatch(/PATH is \S+\/node_modules\/\.bin:/)
  })
})

/** A copy of the files that run.sh uses, and a machine with only fakes and the commands that it calls. */
function makeCheckout(commands: Record<string, string> = {}, env: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const files = ['deploy/local/run.sh', 'deploy/local/preflight/host.sh', 'package-lock.json']
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  const usual = {
    node: 'echo true',
    npm: `echo "$1" >> npm-calls; [ "$1" != ci ] || { ${INSTALL}; }`,
    id: 'echo 0',
    ldd: 'echo "ldd (GNU libc) 2.36"',
  }
  const bin = fakeCommands(join(folder, 'machine'), { ...usual, ...commands })
  const called = ['sh', 'dirname', 'grep', 'touch', 'mkdir', 'chmod', 'uname']
  onlyCommands(
    bin,
    called.filter((name) => !(name in commands)),
  )
  const run = (path: string, args: string[]) => {
    const script = join(folder, 'deploy/local/run.sh')
    const result = spawnSync('/bin/sh', [script, ...args], { encoding: 'utf8', env: { PATH: path, ...env } })
    return { output: result.stdout + result.stderr, status: result.status }
  }
  symlinkSync('.', join(folder, 'link'))
  const calls = join(folder, 'npm-calls')
  return {
    folder,
    run: (...args: string[]) => run(bin, args),
    /** With the folder that npm puts first on PATH, by another path to the checkout. */
    runAsNpm: (...args: string[]) => run(`${join(folder, 'link/node_modules/.bin')}:${bin}`, args),
    remove: (name: string): void => chmodSync(join(bin, name), 0o600),
    npmCalls: (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []),
  }
}

import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/**
 * Whether `npm test` with these arguments runs tests against a real stack. An argument that is part of a path selects
 * files, as in vitest; without such an argument all files are selected.
 */
export function needsStack(words: readonly string[]): boolean {
  if (words[0] === 'unit') return false
  const files = globSync('test/**/*.test.ts', { cwd: root })
  const named = files.filter((file) => words.some((word) => isPart(word, file)))
  return (named.length > 0 ? named : files).some((file) => /^test\/e2e\/|\.real\.test\.ts$/.test(file))
}

const isPart = (word: string, file: string): boolean =>
  !word.startsWith('-') && file.includes(word.replace(/^\.\//, ''))

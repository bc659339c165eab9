import { describe, expect, it } from 'vitest'
import { BuildProgress } from '../../../../deploy/local/programs/build/build-progress.ts'

const packages = ['a', 'b', 'c', 'd'].map((name) => ({ name, bytes: 80_000 }))

function progressOf(built: string[] = []): { progress: BuildProgress; pass(ms: number): void } {
  let now = 0
  const progress = new BuildProgress(packages, new Set(built), () => now)
  return {
    progress,
    pass: (ms) => {
      now += ms
    },
  }
}

describe('the progress of a build', () => {
  it('counts packages and estimates the time left by the speed so far', () => {
    const { progress, pass } = progressOf()
    expect(progress.text()).toBe('0 of 4 packages')
    pass(60_000)
    expect(progress.started('a')).toBe(true)
    expect(progress.text()).toBe('1 of 4 packages, about 3 min left')
    pass(5_000)
    progress.started('b')
    expect(progress.text()).toBe('2 of 4 packages, about 1 min 5 s left')
  })

  it('weighs a package by its size', () => {
    const sizes = [
      { name: 'large', bytes: 980_000 },
      { name: 'small', bytes: 0 },
    ]
    let now = 0
    const progress = new BuildProgress(sizes, new Set(), () => now)
    now = 100_000
    progress.started('large')
    expect(progress.text()).toBe('1 of 2 packages, about 5 s left')
  })

  it('resumes after an interrupted build', () => {
    const { progress } = progressOf(['a', 'b', 'c'])
    expect(progress.text()).toBe('0 of 1 packages')
    progress.started('d')
    expect(progress.text()).toMatch(/^1 of 1 packages/)
  })

  it('adds packages that are compiled again because the cache was emptied', () => {
    const { progress } = progressOf(['a', 'b', 'c'])
    progress.started('a')
    expect(progress.text()).toMatch(/^1 of 2 packages/)
  })

  it('ignores a line that is not a package of the build', () => {
    const { progress } = progressOf()
    expect(progress.started('go: downloading example.com/a v1.0.0')).toBe(false)
    expect(progress.text()).toBe('0 of 4 packages')
  })
})

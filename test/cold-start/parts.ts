/** A line of output, with the seconds and CPU seconds of all cores until then. */
export interface Sample {
  line: string
  seconds: number
  cpuSeconds: number
}

export interface Part {
  name: string
  seconds: number
  cpuSeconds: number
}

export const REST = 'everything else'

/**
 * The part of the work that starts with a line of `npm start` or `npm test`; undefined if the current part continues.
 * Lines of earlier versions are recognized too, so that versions can be compared.
 */
export function beginsWith(line: string): string | undefined {
  if (/^Installing the npm packages/.test(line) || /^npm ci/.test(line)) return 'npm packages'
  if (/^(Installing|Downloading) .*(packages|busybox)/.test(line) && !line.includes(': done'))
    return 'Debian packages'
  const [, what, done] = /^Building ([A-Za-z]+).*?(: done in .*)?$/.exec(line) ?? []
  if (what && !done) return `building ${what}`
  if (/: done in [\d.]+ s$/.test(line) || /^added \d+ packages/.test(line)) return REST
  return undefined
}

/** The time of each part, in the order of their first lines. The last sample is the end. */
export function partsOf(samples: readonly Sample[]): Part[] {
  const parts = new Map<string, Part>()
  let name = REST
  let last: Sample = { line: '', seconds: 0, cpuSeconds: 0 }
  for (const sample of samples) {
    const part = parts.get(name) ?? { name, seconds: 0, cpuSeconds: 0 }
    part.seconds += sample.seconds - last.seconds
    part.cpuSeconds += sample.cpuSeconds - last.cpuSeconds
    parts.set(name, part)
    name = beginsWith(sample.line) ?? name
    last = sample
  }
  return [...parts.values()].filter(({ seconds }) => seconds >= 0.05)
}

export const totalOf = (parts: readonly Part[], name = 'all'): Part => ({
  name,
  seconds: parts.reduce((sum, part) => sum + part.seconds, 0),
  cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
})

/** One line per part: seconds, and CPU seconds. */
export function tableOf(parts: readonly Part[]): string {
  const rows = [...parts, totalOf(parts)].map(({ name, seconds, cpuSeconds }) => [
    name,
    `${seconds.toFixed(1)} s`,
    `${cpuSeconds.toFixed(1)} s of CPU`,
  ])
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return rows
    .map(
      ([name = '', seconds = '', cpu = '']) =>
        `  ${name.padEnd(width)}  ${seconds.padStart(9)}  ${cpu.padStart(16)}`,
    )
    .join('\n')
}

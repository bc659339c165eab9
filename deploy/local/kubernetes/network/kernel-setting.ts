import { readFileSync, writeFileSync } from 'node:fs'

/** A kernel setting of IPv4, by its name under /proc/sys/net/ipv4. */
export const readSetting = (name: string): string => readFileSync(pathOf(name), 'utf8').trim()

/** Does not write a value that is correct already: in a container it may be correct and read-only. */
export function ensureSetting(name: string, value: string): void {
  const before = readSetting(name)
  if (before === value) return
  try {
    writeFileSync(pathOf(name), value)
  } catch (error) {
    throw new Error(
      `Pods need the kernel setting ${pathOf(name)} = ${value}, but it is ${before} and cannot be written. ` +
        'Start as root where /proc/sys is writable (not in an unprivileged container)',
      { cause: error },
    )
  }
}

const pathOf = (name: string): string => `/proc/sys/net/ipv4/${name}`

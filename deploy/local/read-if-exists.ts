import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The text of a file; empty if it does not exist or cannot be read, as when its process has ended meanwhile. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The names in a folder; none if it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The target of a link; undefined if it does not exist or is not a link. */
export function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Data that will be written into a folder, which need not exist yet. */
export interface DiskNeed {
  what: string
  folder: string
  bytes: number
}

export const GB = 1e9

/** One sentence for each disk that lacks space for everything that is written to it. */
export async function diskFaults(rooms: readonly DiskNeed[]): Promise<string[]> {
  const placed = await Promise.all(
    rooms
      .filter(({ bytes }) => bytes > 0)
      .map(async (room) => {
        const folder = nearestExisting(room.folder)
        const { bavail, bsize } = await statfs(folder)
        return { ...room, device: (await stat(folder)).dev, free: bavail * bsize }
      }),
  )
  return [...Map.groupBy(placed, ({ device }) => device).values()].flatMap((onDisk) => {
    const needed = onDisk.reduce((sum, { bytes }) => sum + bytes, 0)
    const free = Math.min(...onDisk.map((room) => room.free))
    return free >= needed ? [] : [tooLittle(onDisk, needed, free)]
  })
}

export function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}

function tooLittle(rooms: readonly DiskNeed[], needed: number, free: number): string {
  const list = rooms.map(({ what, folder, bytes }) => `${inGb(bytes)} for ${what} (${folder})`).join(', ')
  return (
    `The disk has ${inGb(free)} free, and about ${inGb(needed)} is needed: ${list}. Free space: ` +
    '`npm run clean -- --caches` removes old programs of this project, `go clean -cache -modcache` empties the caches of Go. ' +
    'Or put these folders on another disk with XDG_CACHE_HOME, XDG_STATE_HOME, GOCACHE and GOMODCACHE'
  )
}

/** Rounds down, so that free space is never shown as more than it is. */
const inGb = (bytes: number): string => `${(Math.floor(bytes / 1e8) / 10).toFixed(1)} GB`

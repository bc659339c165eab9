/** Offsets of the header fields, for 32 and for 64 bits. */
const layouts = {
  1: { programHeaders: 28, entrySize: 42, entries: 44, wide: false },
  2: { programHeaders: 32, entrySize: 54, entries: 56, wide: true },
} as const
const MAGIC = [0x7f, 0x45, 0x4c, 0x46]
/** The type of the program header that names a dynamic loader. */
const PT_INTERP = 3

/**
 * Whether these bytes are an ELF program without a dynamic loader, which runs in a container that has nothing else.
 */
export function isStaticProgram(bytes: Uint8Array): boolean {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) return false
  const layout = layouts[bytes[4] as keyof typeof layouts]
  if (!layout) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const littleEndian = bytes[5] === 1
  try {
    const start = layout.wide
      ? Number(view.getBigUint64(layout.programHeaders, littleEndian))
      : view.getUint32(layout.programHeaders, littleEndian)
    const size = view.getUint16(layout.entrySize, littleEndian)
    const count = view.getUint16(layout.entries, littleEndian)
    const types = Array.from({ length: count }, (_, at) => view.getUint32(start + at * size, littleEndian))
    return count > 0 && !types.includes(PT_INTERP)
  } catch {
    // The file is truncated.
    return false
  }
}

const PT_LOAD = 1
const PT_INTERP = 3

/** The beginning of an ELF program: enough to show how it is linked. */
export function elfFile(options: { bits?: 32 | 64; bigEndian?: boolean; dynamic: boolean }): Uint8Array {
  const { bits = 64, bigEndian = false, dynamic } = options
  const types = dynamic ? [PT_LOAD, PT_INTERP, PT_LOAD] : [PT_LOAD, PT_LOAD]
  const [headerSize, entrySize] = bits === 64 ? [64, 56] : [52, 32]
  const bytes = new Uint8Array(headerSize + types.length * entrySize)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, bigEndian ? 2 : 1, 1])
  if (bits === 64) view.setBigUint64(32, BigInt(headerSize), !bigEndian)
  else view.setUint32(28, headerSize, !bigEndian)
  view.setUint16(bits === 64 ? 54 : 42, entrySize, !bigEndian)
  view.setUint16(bits === 64 ? 56 : 44, types.length, !bigEndian)
  for (const [at, type] of types.entries()) view.setUint32(headerSize + at * entrySize, type, !bigEndian)
  return bytes
}

import { isJsonObject, type JsonObject } from '../../lib/json.ts'

/** Bytes as they come → the JSON object of each line. A line may be cut anywhere, within a character too. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<JsonObject> {
  for await (const line of lines(chunks)) {
    if (line === '') continue
    const value: unknown = JSON.parse(line)
    if (isJsonObject(value)) yield value
  }
}

/** Bytes as they come → lines without their ends; the last one also when it has no end. */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

import { isJsonObject, type JsonObject } from '../../lib/json.ts'

/** Byte chunks → the JSON object of each line. A chunk may end anywhere, even within a character. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<JsonObject> {
  for await (const line of lines(chunks)) {
    if (line === '') continue
    const value: unknown = JSON.parse(line)
    if (isJsonObject(value)) yield value
  }
}

/** Byte chunks → lines without their line ends. The last line may lack one. */
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

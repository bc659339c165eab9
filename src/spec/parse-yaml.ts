import { Composer, Lexer, type Node, Parser } from 'yaml'
import { MAX_DEPTH } from './limits.ts'

/** Why a text is no YAML; `offset` counts from the start of the text. */
export interface SyntaxMistake {
  offset: number
  rule: 'syntax' | 'too-deep'
  message: string
}

/**
 * Reads one YAML document into the parser's tree; no tree when there is nothing but comments.
 *
 * The parser would go on after a mistake and collect more, at the price of a minute for a text of a million
 * mistakes, so the first one ends it. Tags and scalars are left as text (`failsafe`): see toJson.
 */
export function parseYaml(text: string): { tree?: Node; mistake?: SyntaxMistake } {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' })
  Object.assign(composer, { onError: stopAtError })
  try {
    const documents = [...documentsOf(text, composer)].filter(({ contents }) => contents !== null)
    const [first, second] = documents
    const error = first?.errors[0]
    if (error) return { mistake: syntax(error.pos[0], error.message) }
    if (second?.contents) {
      return {
        mistake: syntax(
          second.contents.range[0],
          'a document has ended here: write a line --- before the next one',
        ),
      }
    }
    return first?.contents ? { tree: first.contents } : {}
  } catch (error) {
    if (error instanceof Stop) return { mistake: error.mistake }
    throw error
  }
}

function* documentsOf(text: string, composer: Composer) {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) yield* composer.next(token)
    if (parser.stack.length > MAX_DEPTH) throw new Stop({ ...tooDeep, offset: parser.offset })
  }
  for (const token of parser.end()) yield* composer.next(token)
  yield* composer.end()
}

class Stop extends Error {
  readonly mistake: SyntaxMistake
  constructor(mistake: SyntaxMistake) {
    super(mistake.message)
    this.mistake = mistake
  }
}

const tooDeep = {
  rule: 'too-deep',
  message: `more than ${MAX_DEPTH} levels of lists and maps: no field of ours is that deep`,
} as const

const syntax = (offset: number, reason: string): SyntaxMistake => ({
  offset,
  rule: 'syntax',
  message: `this is no valid YAML: ${reason}`,
})

/** Stands in for the composer's own collector of errors and warnings. */
function stopAtError(
  source: number | number[] | { offset: number },
  _code: string,
  message: string,
  isWarning = false,
): void {
  if (isWarning) return
  const offset =
    typeof source === 'number' ? source : Array.isArray(source) ? (source[0] ?? 0) : source.offset
  throw new Stop(syntax(offset, message))
}

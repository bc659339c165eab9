import { Composer, Lexer, type Node, Parser } from 'yaml'
import { MAX_DEPTH } from '../fields/limits.ts'

/** Why a text is not valid YAML; `offset` counts from the start of the text. */
export interface SyntaxMistake {
  offset: number
  rule: 'syntax' | 'too-deep'
  message: string
}

/**
 * Parses one YAML document into the parser's tree. A document that contains only comments has no tree.
 *
 * Parsing stops at the first mistake: collecting all of them takes half a minute for a text with a million
 * mistakes. Tags and scalars stay text (`failsafe`); see toJson.
 */
export function parseYaml(text: string): { tree?: Node; mistake?: SyntaxMistake } {
  const collector = new Collector()
  try {
    const [first, second] = [...documentsOf(text, collector)].filter(({ contents }) => contents !== null)
    if (second?.contents) collector.stop(syntax(second.contents.range[0], SECOND_DOCUMENT))
    const error = first?.errors[0]
    if (error) collector.stop(syntax(error.pos[0], error.message))
    return first?.contents ? { tree: first.contents } : {}
  } catch (error) {
    if (collector.mistake) return { mistake: collector.mistake }
    throw error
  }
}

function* documentsOf(text: string, collector: Collector) {
  const parser = new Parser()
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' })
  Object.assign(composer, { onError: collector.onError })
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) yield* composer.next(token)
    if (parser.stack.length > MAX_DEPTH) collector.stop({ ...tooDeep, offset: parser.offset })
  }
  for (const token of parser.end()) yield* composer.next(token)
  yield* composer.end()
}

/** Keeps the first mistake: the composer catches errors thrown inside it and reports them again. */
class Collector {
  mistake?: SyntaxMistake

  stop(mistake: SyntaxMistake): never {
    this.mistake ??= mistake
    throw new Error(mistake.message)
  }

  /** Replaces the composer's own collector of errors and warnings. */
  readonly onError = (
    source: number | number[] | { offset: number },
    _code: string,
    message: string,
    isWarning = false,
  ): void => {
    if (isWarning) return
    const place = Array.isArray(source) ? (source[0] ?? 0) : source
    this.stop(syntax(typeof place === 'number' ? place : place.offset, message))
  }
}

const SECOND_DOCUMENT = 'the previous document has ended: write a line --- before the next one'

const tooDeep = {
  rule: 'too-deep',
  message: `more than ${MAX_DEPTH} levels of lists and maps: use fewer`,
} as const

const syntax = (offset: number, reason: string): SyntaxMistake => ({
  offset,
  rule: 'syntax',
  message: `invalid YAML: ${reason}`,
})

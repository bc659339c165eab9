import { compareTimes, isTime } from './log-time.ts'

/** Messages of a node in place of a log or at its end. A container's lines start with a timestamp. */
const NODE_WORDS =
  /^(unable to retrieve container logs for|failed to (try resolving symlinks|open log file|create fsnotify|watch directory)|context cancell?ed|rpc error)/
/** A full timestamp, `2006-01-02T15:04:05.000000000+00:00`, and the blank after it have 36 characters. */
const MAX_HEAD = 40
/** A node's message is a sentence. Longer text without a line end is not one. */
const MAX_WORDS = 400

/** The node has no log, or stopped sending it. The message is the node's. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}

/**
 * A position in a log, so that one connection can continue after another without losing or repeating a
 * character. Logs are requested with a timestamp on each line. `since` is the time to request from. `take`
 * strips the timestamps and drops what was returned before. Lines may share a timestamp, so they are counted
 * too.
 *
 * Timestamps come from the node's clock, which may step back. So an older line counts as known only right
 * after a reconnect; at any other moment every line is new.
 */
export class LogCursor {
  /** The newest line: its time, how many lines have that time, what of it was returned while unfinished. */
  #last: { time: string; lines: number; given: number | undefined } | undefined
  /** Position in the line: before its text, in new text, in known text, or in a node's message. */
  #state: 'head' | 'new' | 'known' | 'words' = 'head'
  #held = ''
  #catchingUp = false
  /** Lines with the last timestamp that this connection has still to repeat. */
  #repeated = 0
  /** Characters of this line that an earlier connection returned. */
  #skip = 0
  /** The current line is the newest one. */
  #isNewest = false
  #isBlind = false

  /** Start of the next connection. */
  get since(): string | undefined {
    return this.#last?.time
  }

  /** There was text without timestamps, so the log cannot be resumed. Some kinds of node give none. */
  get isBlind(): boolean {
    return this.#isBlind
  }

  /** Starts a new connection, at `since` or shortly before. */
  begin(): void {
    this.#state = 'head'
    this.#held = ''
    this.#skip = 0
    this.#catchingUp = this.#last !== undefined
    this.#repeated = this.#last?.lines ?? 0
  }

  /** The new part of a chunk, without timestamps. Throws LogUnavailable. */
  take(text: string): string {
    let fresh = ''
    for (let rest = text; rest !== ''; ) {
      const cut = this.#state === 'head' ? rest.search(/[ \n]/) : rest.indexOf('\n')
      const piece = cut < 0 ? rest : rest.slice(0, cut + 1)
      rest = rest.slice(piece.length)
      fresh += this.#takePiece(piece)
    }
    return fresh
  }

  /** Ends a connection that closed normally. Returns text that was held back, unless it is a timestamp. */
  end(): string {
    return this.#held === '' || isTime(this.#held.trim()) ? '' : this.#giveWords()
  }

  /** A piece ends with its line, with the timestamp of a line, or with the chunk. */
  #takePiece(piece: string): string {
    const isLineEnd = piece.endsWith('\n')
    if (this.#state === 'known') {
      if (isLineEnd) this.#state = 'head'
      return ''
    }
    if (this.#state === 'new') return this.#give(piece)
    this.#held += piece
    if (this.#state === 'head') {
      if (!/[ \n]$/.test(piece) && this.#held.length < MAX_HEAD) return ''
      if (isTime(this.#held.slice(0, -1))) return this.#startLine()
      this.#state = 'words'
    }
    return isLineEnd || this.#held.length > MAX_WORDS ? this.#giveWords() : ''
  }

  #startLine(): string {
    const time = this.#held.slice(0, -1)
    const isEmpty = this.#held.endsWith('\n')
    this.#held = ''
    const how = this.#catchingUp ? this.#recognize(time) : 'new'
    this.#state = how === 'known' ? 'known' : 'new'
    // A line that was cut off and is not repeated ends where it was cut.
    const mended = how === 'new' && this.#last?.given !== undefined ? '\n' : ''
    if (how === 'new') this.#count(time)
    return mended + (isEmpty ? this.#takePiece('\n') : '')
  }

  #recognize(time: string): 'known' | 'unfinished' | 'new' {
    const last = this.#last
    const order = last ? compareTimes(time, last.time) : 1
    if (order < 0) return 'known'
    if (last && order === 0 && this.#repeated > 0) {
      this.#repeated -= 1
      if (this.#repeated > 0 || last.given === undefined) return 'known'
      this.#skip = last.given
      this.#isNewest = true
      this.#catchingUp = false
      return 'unfinished'
    }
    this.#catchingUp = false
    return 'new'
  }

  #count(time: string): void {
    const last = this.#last
    const order = last ? compareTimes(time, last.time) : 1
    this.#isNewest = order >= 0
    if (order > 0) this.#last = { time, lines: 1, given: 0 }
    else if (last)
      this.#last = { ...last, lines: last.lines + (order === 0 ? 1 : 0), given: order === 0 ? 0 : undefined }
  }

  #give(piece: string): string {
    const isLineEnd = piece.endsWith('\n')
    const fresh = piece.slice(Math.min(this.#skip, piece.length - (isLineEnd ? 1 : 0)))
    this.#skip = isLineEnd ? 0 : this.#skip - (piece.length - fresh.length)
    if (this.#last && this.#isNewest)
      this.#last.given = isLineEnd ? undefined : (this.#last.given ?? 0) + fresh.length
    if (isLineEnd) this.#state = 'head'
    return fresh
  }

  /** Text without a timestamp: a node's message, the rest of a line, or a log without timestamps. */
  #giveWords(): string {
    const words = this.#held
    this.#held = ''
    if (NODE_WORDS.test(words)) throw new LogUnavailable(words.trim())
    const isLineEnd = words.endsWith('\n')
    if (this.#catchingUp) {
      this.#state = isLineEnd ? 'head' : 'known'
      return ''
    }
    this.#isBlind = true
    this.#isNewest = false
    this.#state = isLineEnd ? 'head' : 'new'
    return words
  }
}

import { compareTimes, isTime } from './log-time.ts'

/** What a node says in place of a log or at its end; lines of a container have their time in front instead. */
const NODE_WORDS =
  /^(unable to retrieve container logs for|failed to (try resolving symlinks|open log file|create fsnotify|watch directory)|context cancell?ed|rpc error)/
/** A time in full, `2006-01-02T15:04:05.000000000+00:00`, and the blank behind it have 36 characters. */
const MAX_HEAD = 40
/** The node's own words are a sentence; what is longer without an end is not. */
const MAX_WORDS = 400

/** The node has no log to give, or stopped giving it; the message is the node's. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}

/**
 * A place in a log, so that a connection that was cut can be followed by another one without a character lost or
 * given twice. Logs are asked for with the time of each line in front: `since` is the time to ask from, `take`
 * strips the times and drops what was given before. Lines of one moment share a time, so they are counted too.
 *
 * Times are of the node's clock and may step back. So an older line counts as known only right after a reconnect;
 * at any other moment whatever comes is new.
 */
export class LogCursor {
  /** Of the newest line: its time, how many lines of that time there were, what of it was given while unfinished. */
  #last: { time: string; lines: number; given: number | undefined } | undefined
  /** Where in a line the next character is: before its text, in text that is new or known, in words of the node. */
  #state: 'head' | 'new' | 'known' | 'words' = 'head'
  #held = ''
  #catchingUp = false
  /** Lines of the last time that this connection repeats and that are still to come. */
  #repeated = 0
  /** Characters of this line that an earlier connection gave. */
  #skip = 0
  /** The line that is being given is the newest one. */
  #isNewest = false
  #isBlind = false

  /** Where the next connection begins. */
  get since(): string | undefined {
    return this.#last?.time
  }

  /** There was text without times (not every kind of node knows them), which nobody can go on from. */
  get isBlind(): boolean {
    return this.#isBlind
  }

  /** A new connection begins, at `since` or shortly before. */
  begin(): void {
    this.#state = 'head'
    this.#held = ''
    this.#skip = 0
    this.#catchingUp = this.#last !== undefined
    this.#repeated = this.#last?.lines ?? 0
  }

  /** What is new of a piece of the log, without times. Throws LogUnavailable. */
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

  /** The connection ended in good order: what was held back, in case it was more than the beginning of a time. */
  end(): string {
    return this.#held === '' || isTime(this.#held.trim()) ? '' : this.#giveWords()
  }

  /** A piece ends with its line, with the time of a line, or where the connection has got to. */
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
    // A line that was cut off and does not come again ends where it was cut.
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

  /** Text without a time: the node's, or the rest of a line from before `since`, or all that this node can do. */
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

import { LineCounter } from 'yaml'
import type { Json } from '../../lib/json.ts'
import { parseYaml } from './parse-yaml.ts'
import { findPlace, placeOffset, writtenText } from './place.ts'
import type { Piece } from './split-documents.ts'
import { type PlacedFinding, toJson } from './to-json.ts'

type Path = readonly (string | number)[]

/** 1-based, in the whole text. */
export interface Position {
  line: number
  column: number
}

/** One document as JSON, with the position of each path in the text. */
export interface Source {
  /** undefined if the document is invalid or empty. */
  value?: Json
  /** Findings of the YAML reader, before any schema. */
  findings: PlacedFinding[]
  positionOf(offset: number): Position
  locate(path: Path, prefer?: 'key' | 'value'): Position | undefined
  /** A scalar as its author wrote it, without quotes. */
  written(path: Path): string | undefined
}

export function readSource({ offset: start, text }: Piece, lines: LineCounter): Source {
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(start + offset)
    return { line, column: col }
  }
  const { tree, mistake } = parseYaml(text)
  if (!tree) {
    const findings = mistake ? [{ ...mistake, path: [] }] : []
    return { findings, positionOf, locate: () => undefined, written: () => undefined }
  }
  const { value, findings, targets } = toJson(tree)
  return {
    value,
    findings,
    positionOf,
    locate: (path, prefer) => {
      const place = findPlace(tree, targets, path)
      return place && positionOf(placeOffset(place, prefer))
    },
    written: (path) => {
      const place = findPlace(tree, targets, path)
      return place && writtenText(place, targets)
    },
  }
}

export function countLines(text: string): LineCounter {
  const lines = new LineCounter()
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) lines.addNewLine(start)
  return lines
}

import type { z } from 'zod'

/** Makes a zod refinement of a parser from src/expressions: the parser's problem becomes the issue. */
export function refineWithParser(
  parse: (text: string) => { problem: string } | object,
): (text: string, ctx: z.RefinementCtx) => void {
  return (text, ctx) => {
    const parsed = parse(text)
    if ('problem' in parsed)
      ctx.addIssue({ code: 'custom', params: { rule: 'format' }, message: `is invalid: ${parsed.problem}` })
  }
}

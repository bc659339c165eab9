/** One error or warning about a manifest, with all that its author needs to correct it. */
export interface Issue {
  /** 1-based position of the document in the submitted text. */
  document: number
  /** Dotted path of the field, for example `spec.flows[2].dependencies[0]`; '' is the whole document. */
  path: string
  /** 1-based line and column in the submitted text, where the text is known. */
  line?: number
  column?: number
  /** The violated rule, in kebab-case: `required`, `type`, `unknown-field`, `name-too-long` … */
  rule: string
  /** Names the field, the rule and what to write instead. */
  message: string
}

/** An issue without its document and line, as the pure stages report it. */
export interface Finding {
  path: readonly (string | number)[]
  rule: string
  message: string
}

/** `['spec','flows',2,'name']` → `spec.flows[2].name` */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${text}["${part}"]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

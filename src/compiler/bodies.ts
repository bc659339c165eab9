import type { JsonObject } from '../lib/json.ts'
import type { Finding } from '../manifests/issue.ts'
import { TEMPLATE_ANNOTATION } from '../model/labels.ts'
import type { DeferredJob, JobBody, Overlay } from '../model/plan.ts'
import type { Lookup } from './lookup.ts'
import { applyOverlay } from './overlay.ts'

/** An inline job or the name of a JobTemplate. The JobTemplate wins. */
export interface JobSource {
  jobTemplate?: JsonObject | undefined
  jobTemplateRef?: string | undefined
}

/** Collects the Job bodies of a plan by key. Equal bodies share a key. */
export class JobBodyTable {
  readonly jobs: Record<string, JobBody | DeferredJob> = {}
  readonly warnings: Finding[] = []
  readonly #keys = new Map<string, string>()
  readonly #namespace: string
  readonly #lookup: Lookup

  constructor(namespace: string, lookup: Lookup) {
    this.#namespace = namespace
    this.#lookup = lookup
  }

  /** Key of the body of `source` with `overlay`. Warns at `path` if the JobTemplate does not exist yet. */
  key(source: JobSource, overlay: Overlay, path: readonly (string | number)[]): string {
    const templateRef = source.jobTemplateRef
    if (!templateRef) return this.#add(applyOverlay(source.jobTemplate ?? {}, overlay))
    const jobAnnotations = { [TEMPLATE_ANNOTATION]: `${this.#namespace}.${templateRef}` }
    const spec = this.#lookup.jobTemplate(templateRef)
    if (spec) return this.#add(applyOverlay(spec, { ...overlay, jobAnnotations }))
    this.warnings.push({
      path: [...path, 'jobTemplateRef'],
      rule: 'template-missing',
      message: `not found JobTemplate : ${templateRef} (the run waits until namespace ${this.#namespace} has it)`,
    })
    return this.#add({ templateRef, overlay: { ...overlay, jobAnnotations } })
  }

  #add(job: JobBody | DeferredJob): string {
    const text = JSON.stringify(job)
    const known = this.#keys.get(text)
    if (known) return known
    const key = `job-${this.#keys.size + 1}`
    this.#keys.set(text, key)
    this.jobs[key] = job
    return key
  }
}

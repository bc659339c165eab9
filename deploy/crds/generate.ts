import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { toCrd } from '../../src/manifests/crd.ts'
import { type KindRow, kinds } from '../../src/manifests/kinds/kinds.ts'

/** The name and text of the CRD file of a kind, which is written next to this script. */
export const crdFile = (row: KindRow): { name: string; text: string } => ({
  name: `${row.plural}.yaml`,
  text: `# Generated from src/manifests by \`npm run crds\`: change the schema there.\n${stringify(toCrd(row), { aliasDuplicateObjects: false, lineWidth: 0 })}`,
})

if (import.meta.main) {
  for (const { name, text } of kinds.map(crdFile)) writeFileSync(join(import.meta.dirname, name), text)
}

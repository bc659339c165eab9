import { type Layout, layoutOf, stateHome } from './layout.ts'
import { readNamedPorts, readStackIndex } from './named-settings.ts'
import { isKept, ownerOf } from './ownership/owner.ts'
import type { Report } from './report.ts'

/** Stack 0 is called `default` and uses the state folder itself. Other stacks use a folder beside it. */
export function localLayout(): Layout {
  const index = readStackIndex()
  const name = index === 0 ? 'default' : `stack-${index}`
  return layoutOf(name, index, index === 0 ? stateHome() : `${stateHome()}-${index}`, readNamedPorts())
}

/** Uses the ports of a running stack, which may differ from those that this start would choose. */
export function atPortsInUse(layout: Layout, say: Report): Layout {
  const ports = isKept(layout) ? ownerOf(layout)?.ports : undefined
  if (!ports) return layout
  const named = Object.entries(readNamedPorts()) as [keyof typeof ports, number][]
  const other = named.filter(([component, port]) => ports[component] !== port)
  for (const [component, port] of other)
    say(
      `Port ${port} is set for ${component}, which already runs on port ${ports[component]}. To move it: \`npm run stop\`, then \`npm start\``,
    )
  return { ...layout, ports: { ...layout.ports, ...ports } }
}

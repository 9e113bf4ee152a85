import type { End, Execution } from "#sagas/history.ts";

/**
 * A node of a definition as text: `start`, `step NAME`, `undo NAME` (a compensation by its own name) or `end KIND`. Text,
 * so that nodes are compared, stored and counted as they are.
 */
export type Node = "start" | `step ${string}` | `undo ${string}` | `end ${End}`;

/** The node that a try belongs to. */
export function nodeOf({ name, compensates }: Pick<Execution, "name" | "compensates">): Node {
  return compensates === "" ? `step ${name}` : `undo ${name}`;
}

export type NodeKind = "start" | "step" | "compensation" | "end";

const kinds: Readonly<Record<string, NodeKind>> = { start: "start", step: "step", undo: "compensation", end: "end" };

/** What a node is, and its name; a text that is no node is a step of that name. */
export function readNode(node: string): { kind: NodeKind; name: string } {
  const cut = node.indexOf(" ");
  const kind = kinds[cut < 0 ? node : node.slice(0, cut)];
  if (kind === undefined) return { kind: "step", name: node };
  return { kind, name: cut < 0 ? node : node.slice(cut + 1) };
}

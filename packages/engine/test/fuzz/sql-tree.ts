/**
 * SQL text as a tree that knows which of its parts may go or be simpler. What a shrunk tree means is for the binder to say:
 * a candidate that does not bind is no counterexample.
 */
export type SqlNode = string | Sequence | Expression | Query | Optional | List;

interface Sequence {
  readonly kind: "sequence";
  readonly parts: readonly SqlNode[];
}
/** A value of a type: may become a part of itself of the same type, or a constant. */
interface Expression {
  readonly kind: "expression";
  readonly type: string;
  /** A constant of the type. */
  readonly constant: string;
  readonly parts: readonly SqlNode[];
}
/** May become a query that it contains. */
interface Query {
  readonly kind: "query";
  readonly parts: readonly SqlNode[];
}
/** May be left out. */
interface Optional {
  readonly kind: "optional";
  readonly parts: readonly SqlNode[];
}
/** Items may be left out while at least `least` remain. */
interface List {
  readonly kind: "list";
  readonly items: readonly SqlNode[];
  readonly separator: string;
  readonly least: number;
}

export const sequence = (...parts: readonly SqlNode[]): SqlNode => ({ kind: "sequence", parts });
export const query = (...parts: readonly SqlNode[]): SqlNode => ({ kind: "query", parts });
export const optional = (...parts: readonly SqlNode[]): SqlNode => ({ kind: "optional", parts });
export const list = (items: readonly SqlNode[], separator = ", ", least = 1): SqlNode => ({ kind: "list", items, separator, least });
export const expression = (type: string, constant: string, ...parts: readonly SqlNode[]): SqlNode => ({
  kind: "expression",
  type,
  constant,
  parts,
});

/** The tree as text. */
export function render(node: SqlNode): string {
  if (typeof node === "string") return node;
  if (node.kind === "list") return node.items.map(render).join(node.separator);
  return node.parts.map(render).join("");
}

/** Simpler trees, the boldest first. */
export function* shrinkTree(node: SqlNode): Generator<SqlNode> {
  if (typeof node === "string") return;
  switch (node.kind) {
    case "list":
      yield* shrinkList(node);
      return;
    case "optional":
      if (node.parts.length > 0) yield "";
      break;
    case "query":
      yield* descendants(node, (inner) => inner.kind === "query");
      break;
    case "expression":
      if (render(node) === node.constant) return;
      yield* descendants(node, (inner) => inner.kind === "expression" && inner.type === node.type);
      yield node.constant;
      break;
    case "sequence":
      break;
    default:
  }
  for (const [i, part] of node.parts.entries())
    for (const simpler of shrinkTree(part)) yield { ...node, parts: node.parts.with(i, simpler) };
}

function* shrinkList(node: List): Generator<SqlNode> {
  const { items, least } = node;
  if (items.length > 2 && least <= 1) for (const item of items) yield { ...node, items: [item] };
  if (items.length > least) for (let i = items.length - 1; i >= 0; i--) yield { ...node, items: items.toSpliced(i, 1) };
  for (const [i, item] of items.entries()) for (const simpler of shrinkTree(item)) yield { ...node, items: items.with(i, simpler) };
}

/** Parts of a tree, the nearest first; nothing below a part that fits. */
function* descendants(node: Exclude<SqlNode, string>, fits: (inner: Exclude<SqlNode, string>) => boolean): Generator<SqlNode> {
  const inside = node.kind === "list" ? node.items : node.parts;
  for (const part of inside) {
    if (typeof part === "string") continue;
    if (fits(part)) yield part;
    else yield* descendants(part, fits);
  }
}

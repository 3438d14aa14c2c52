/** What stands at the end of a path: its route for each method, and the methods as `Allow` lists them. */
export interface Endpoint<Route> {
  readonly routes: ReadonlyMap<string, Route>;
  readonly allow: string;
}
export interface Match<Route> {
  readonly endpoint: Endpoint<Route>;
  /** Decoded, in the order of the template. */
  readonly values: readonly string[];
}

interface Node<Route> {
  readonly literals: Map<string, Node<Route>>;
  parameter: Node<Route> | undefined;
  endpoint: { routes: Map<string, Route>; allow: string } | undefined;
}
const createNode = <Route>(): Node<Route> => ({ literals: new Map(), parameter: undefined, endpoint: undefined });

/**
 * Finds the endpoint of a path, undefined when there is none. A literal segment beats a parameter; a parameter takes one
 * whole segment, which is decoded only after the path was split, so that `%2F` stays inside a name. A path whose
 * percent-encoding is malformed leads nowhere.
 */
export type Router<Route> = (path: string) => Match<Route> | undefined;

export function createRouter<Route extends { readonly method: string; readonly path: string }>(routes: readonly Route[]): Router<Route> {
  const root = createNode<Route>();
  for (const route of routes) {
    let node = root;
    for (const segment of route.path.split("/").slice(1)) {
      if (segment.startsWith("{")) node = node.parameter ??= createNode();
      else {
        const next = node.literals.get(segment) ?? createNode<Route>();
        node.literals.set(segment, next);
        node = next;
      }
    }
    node.endpoint ??= { routes: new Map(), allow: "" };
    if (node.endpoint.routes.has(route.method)) throw new Error(`Two operations answer ${route.method} ${route.path}`);
    node.endpoint.routes.set(route.method, route);
    const allowed = [...node.endpoint.routes.keys()];
    node.endpoint.allow = [...new Set([...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].sort().join(", ");
  }
  return (path) => {
    if (path.charCodeAt(0) !== slash) return undefined;
    const values: string[] = [];
    const endpoint = walk(root, path, 1, values);
    if (endpoint === undefined) return undefined;
    for (let i = 0; i < values.length; i += 1) {
      const value = decode(values[i] as string);
      if (value === undefined) return undefined;
      values[i] = value;
    }
    return { endpoint, values };
  };
}

const slash = 0x2f;

function walk<Route>(node: Node<Route>, path: string, from: number, values: string[]): Endpoint<Route> | undefined {
  const end = path.indexOf("/", from);
  const segment = end === -1 ? path.slice(from) : path.slice(from, end);
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const found = end === -1 ? literal.endpoint : walk(literal, path, end + 1, values);
    if (found !== undefined) return found;
  }
  if (node.parameter === undefined || segment === "") return undefined;
  const depth = values.push(segment);
  const found = end === -1 ? node.parameter.endpoint : walk(node.parameter, path, end + 1, values);
  if (found === undefined) values.length = depth - 1;
  return found;
}

function decode(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

import { operationTable, type OperationId } from "@headgate/contract";

/** The operation that a method and path belong to; undefined if the contract has none. */
export type RouteMatcher = (method: string, pathname: string) => OperationId | undefined;

interface Route {
  readonly id: OperationId;
  readonly method: string;
  readonly segments: readonly string[];
}
const isParameter = (segment: string) => segment.startsWith("{");

/** Matches as OpenAPI says: a literal segment before a parameter. `prefix` is the path of the base URL. */
export function createRouteMatcher(prefix: string): RouteMatcher {
  const routes = Object.entries(operationTable).map(([id, { method, path }]): Route => ({
    id: id as OperationId,
    method,
    segments: `${prefix}${path}`.split("/"),
  }));
  return (method, pathname) => {
    if (!isDecodable(pathname)) return undefined;
    const given = pathname.split("/");
    let best: Route | undefined;
    for (const route of routes) {
      if (route.method !== method.toLowerCase() || route.segments.length !== given.length) continue;
      if (!route.segments.every((segment, i) => segment === given[i] || (isParameter(segment) && given[i] !== ""))) continue;
      if (best === undefined || moreLiteral(route, best)) best = route;
    }
    return best?.id;
  };
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

function moreLiteral(one: Route, other: Route): boolean {
  const at = one.segments.findIndex((segment, i) => isParameter(segment) !== isParameter(other.segments[i] ?? ""));
  return at >= 0 && !isParameter(one.segments[at] ?? "");
}

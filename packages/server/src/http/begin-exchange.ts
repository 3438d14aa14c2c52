import type { IncomingMessage, ServerResponse } from "node:http";
import { dialectOf } from "../dialect.ts";
import { anyone } from "../principal.ts";
import type { Exchange } from "./exchange.ts";

const slash = 0x2f;
const absoluteForm = /^https?:\/\/[^/?#]*/i;

/** Opens an exchange for a request, with its target in origin form: no scheme, no authority, no fragment. */
export function beginExchange(request: IncomingMessage, response: ServerResponse, id: string, startedAt: number): Exchange {
  let url = request.url ?? "/";
  if (url.charCodeAt(0) !== slash || url.includes("#")) {
    url = url.replace(absoluteForm, "").replace(/#.*$/s, "");
    if (url === "" || url.startsWith("?")) url = `/${url}`;
    request.url = url;
  }
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  return {
    request,
    response,
    id,
    startedAt,
    method: request.method ?? "GET",
    path,
    search: question === -1 ? "" : url.slice(question + 1),
    dialect: dialectOf(path),
    headers: {},
    operation: undefined,
    principal: anyone,
    params: {},
  };
}

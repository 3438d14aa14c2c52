import { isIPv4, isIPv6 } from "node:net";

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  if (isIPv4(host)) return host.startsWith("127.");
  return isIPv6(host) && (host === "::1" || /^::ffff:127\./i.test(host));
}

export type ListenPolicy =
  { readonly allowed: true; readonly authentication: boolean } | { readonly allowed: false; readonly reason: string };

/**
 * Decides whether the server may listen on `host` and whether it asks for keys: open on loopback unless told otherwise, and on
 * any other address only with keys, or when told in words to do without.
 */
export function listenPolicy(options: {
  readonly host: string;
  readonly auth: boolean | undefined;
  readonly insecure: boolean;
}): ListenPolicy {
  const authentication = options.auth ?? false;
  if (isLoopback(options.host) || authentication || options.insecure) return { allowed: true, authentication };
  return {
    allowed: false,
    reason:
      `Refusing to listen on ${options.host} without API keys: whoever reaches it could control your pipelines. ` +
      "Add --auth (make a key first with --create-api-key NAME), or --insecure if you accept that.",
  };
}

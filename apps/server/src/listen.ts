import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "./usage-error.ts";

const reasons: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use: stop what is using it, or choose another with --port (0 picks a free one).`,
  EACCES: (host, port) => `Not allowed to listen on port ${port} of ${host}: choose one above 1023 with --port.`,
  EADDRNOTAVAIL: (host) => `This machine has no address ${host}: choose one with --host.`,
  ENOTFOUND: (host) => `The address ${host} is not known: choose one with --host.`,
};

/** Listens and gives the URL. @throws UsageError when the address cannot be had. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new UsageError(reason(host, port), { cause: error });
  }
  const address = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

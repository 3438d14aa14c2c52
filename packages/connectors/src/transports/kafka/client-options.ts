import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { ConnectorError } from "@headgate/connector-kit";
import type { BaseOptions } from "@platformatic/kafka";
import { explainSystemError } from "../system-error.ts";
import type { KafkaConnection, Pem, TlsSettings } from "./connection-options.ts";

/**
 * The client's options for a connection of `owner` ("kafka_input"). Reads the files that it names, so call it when the connector opens. The client does not try
 * again by itself: the pipeline does, with back-off, and tells it.
 *
 * @throws ConnectorError `invalid_config` for a file that cannot be read
 */
export async function clientOptions(owner: string, connection: KafkaConnection, signal: AbortSignal): Promise<BaseOptions> {
  const { brokers, clientId, connectTimeoutMs, metadataMaxAgeMs, rack, requestTimeoutMs, sasl, tls } = connection;
  return {
    clientId,
    bootstrapBrokers: brokers.map(({ host, port }) => ({ host, port })),
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
    metadataMaxAge: metadataMaxAgeMs,
    autocreateTopics: false,
    retries: 0,
    ...(rack === undefined ? {} : { clientRack: rack }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
    ...(tls === undefined ? {} : { tls: await tlsOptions(owner, tls, signal) }),
    // The name of an address is not sent: TLS forbids it.
    ...(tls === undefined || brokers.some(({ host }) => isIP(host) !== 0) ? {} : { tlsServerName: true }),
  };
}

async function tlsOptions(owner: string, tls: TlsSettings, signal: AbortSignal): Promise<ConnectionOptions> {
  const [ca, cert, key, pfx] = await Promise.all([tls.ca, tls.certificate, tls.key, tls.keystore].map((item) => load(owner, item, signal)));
  const passphrase = pfx === undefined ? tls.keyPassword : tls.keystorePassword;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
    ...(tls.curves === undefined ? {} : { ecdhCurve: tls.curves }),
    ...(tls.signatureAlgorithms === undefined ? {} : { sigalgs: tls.signatureAlgorithms }),
    ...(tls.verify ? {} : { rejectUnauthorized: false }),
    ...(tls.verifyHostname ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function load(owner: string, item: Pem | undefined, signal: AbortSignal): Promise<Buffer | undefined> {
  if (item === undefined) return undefined;
  if ("text" in item) return Buffer.from(item.text);
  try {
    return await readFile(item.path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const text = `${owner}: "${item.option}" names ${JSON.stringify(item.path)}, which cannot be read: ${explainSystemError(cause)}.`;
    throw new ConnectorError("invalid_config", text, { cause });
  }
}

import { configError, expected, optional, secret, text, withDefault, type Check, type Checked } from "@headgate/connector-kit";
import { flag, numeric, word } from "./option-checks.ts";

/** `host:port` with commas between; a scheme as in `SASL_SSL://host:port` is passed over, and 9092 is the port that is not given. */
const brokerList: Check<readonly KafkaBroker[]> = (value, path) => {
  const list = typeof value === "string" ? value.split(",").map((item) => item.trim()) : [];
  const brokers = list.filter((item) => item !== "").map(parseBroker);
  if (brokers.length > 0 && !brokers.includes(undefined)) return brokers as KafkaBroker[];
  throw expected(path, 'brokers as "host:port", with commas between', value);
};

function parseBroker(item: string): KafkaBroker | undefined {
  const found = /^(?:\w+:\/\/)?(?:\[([\da-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(item);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3] ?? 9092);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const file = optional(text());

/** The options of librdkafka that say how to reach the brokers. */
export const connectionOptions = {
  "bootstrap.servers": brokerList,
  "client.id": withDefault(text(), "headgate"),
  "security.protocol": withDefault(word(["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]), "plaintext"),
  "sasl.mechanisms": optional(word(mechanisms)),
  "sasl.username": optional(text()),
  "sasl.password": optional(secret()),
  "ssl.ca.location": file,
  "ssl.ca.pem": optional(text()),
  "ssl.certificate.location": file,
  "ssl.certificate.pem": optional(text()),
  "ssl.key.location": file,
  "ssl.key.pem": optional(secret()),
  "ssl.key.password": optional(secret()),
  "ssl.keystore.location": file,
  "ssl.keystore.password": optional(secret()),
  "ssl.cipher.suites": optional(text()),
  "ssl.curves.list": optional(text()),
  "ssl.sigalgs.list": optional(text()),
  "ssl.endpoint.identification.algorithm": withDefault(word(["https", "none"]), "https"),
  "enable.ssl.certificate.verification": withDefault(flag, true),
  "socket.timeout.ms": withDefault(numeric(10, 300_000), 60_000),
  "socket.connection.setup.timeout.ms": withDefault(numeric(100, 300_000), 10_000),
  "metadata.max.age.ms": withDefault(numeric(1000, 86_400_000), 30_000),
  "client.rack": optional(text()),
} as const;

export interface KafkaBroker {
  readonly host: string;
  readonly port: number;
}

/** A piece of TLS material: in the configuration, or in a file that is read when the connector opens. */
export type Pem = { readonly option: string; readonly text: string } | { readonly option: string; readonly path: string };

export interface TlsSettings {
  readonly ca: Pem | undefined;
  readonly certificate: Pem | undefined;
  readonly key: Pem | undefined;
  readonly keyPassword: string | undefined;
  /** PKCS#12. */
  readonly keystore: Pem | undefined;
  readonly keystorePassword: string | undefined;
  readonly ciphers: string | undefined;
  readonly curves: string | undefined;
  readonly signatureAlgorithms: string | undefined;
  readonly verify: boolean;
  readonly verifyHostname: boolean;
}

/** How to reach a Kafka cluster. */
export interface KafkaConnection {
  readonly brokers: readonly KafkaBroker[];
  readonly clientId: string;
  readonly rack: string | undefined;
  readonly tls: TlsSettings | undefined;
  readonly sasl: { readonly mechanism: (typeof mechanisms)[number]; readonly username: string; readonly password: string } | undefined;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** How old what is known of topics and partitions may become. */
  readonly metadataMaxAgeMs: number;
}

type Options = { readonly [K in keyof typeof connectionOptions]: Checked<(typeof connectionOptions)[K]> };

/** @throws ConnectorError `invalid_config` for options that contradict each other */
export function connectionOf(options: Options): KafkaConnection {
  const protocol = options["security.protocol"];
  return {
    brokers: options["bootstrap.servers"],
    clientId: options["client.id"],
    rack: options["client.rack"],
    tls: protocol === "ssl" || protocol === "sasl_ssl" ? tlsOf(options) : undefined,
    sasl: saslOf(options),
    requestTimeoutMs: options["socket.timeout.ms"],
    connectTimeoutMs: options["socket.connection.setup.timeout.ms"],
    metadataMaxAgeMs: options["metadata.max.age.ms"],
  };
}

function saslOf(options: Options): KafkaConnection["sasl"] {
  const { "sasl.mechanisms": mechanism, "sasl.username": username, "sasl.password": password } = options;
  const protocol = options["security.protocol"];
  if (protocol !== "sasl_plaintext" && protocol !== "sasl_ssl") {
    const set = mechanism !== undefined ? "sasl.mechanism" : username !== undefined ? "sasl.username" : undefined;
    if (set === undefined) return undefined;
    // librdkafka would leave it unused, and connect without a password.
    throw configError("security.protocol", `is "${protocol}" although "${set}" is given; expected "sasl_ssl" or "sasl_plaintext"`);
  }
  if (mechanism === undefined) throw expected("sasl.mechanism", `one of ${mechanisms.map((name) => `"${name}"`).join(", ")}`, undefined);
  if (username === undefined) throw expected("sasl.username", "a non-empty string", undefined);
  if (password === undefined) throw expected("sasl.password", "a non-empty string", undefined);
  return { mechanism, username, password };
}

function tlsOf(options: Options): TlsSettings {
  const certificate = pem(options, "ssl.certificate.pem", "ssl.certificate.location");
  const key = pem(options, "ssl.key.pem", "ssl.key.location");
  if (certificate !== undefined && key === undefined) throw configError("ssl.key.location", "is missing although a certificate is given");
  if (certificate === undefined && key !== undefined) throw configError("ssl.certificate.location", "is missing although a key is given");
  const keystore = options["ssl.keystore.location"];
  return {
    ca: options["ssl.ca.location"] === "probe" ? undefined : pem(options, "ssl.ca.pem", "ssl.ca.location"),
    certificate,
    key,
    keyPassword: options["ssl.key.password"],
    keystore: keystore === undefined ? undefined : { option: "ssl.keystore.location", path: keystore },
    keystorePassword: options["ssl.keystore.password"],
    ciphers: options["ssl.cipher.suites"],
    curves: options["ssl.curves.list"],
    signatureAlgorithms: options["ssl.sigalgs.list"],
    verify: options["enable.ssl.certificate.verification"],
    verifyHostname: options["ssl.endpoint.identification.algorithm"] === "https",
  };
}

type PemOption = "ssl.ca.pem" | "ssl.certificate.pem" | "ssl.key.pem";
type FileOption = "ssl.ca.location" | "ssl.certificate.location" | "ssl.key.location";

function pem(options: Options, textOption: PemOption, fileOption: FileOption): Pem | undefined {
  const [given, path] = [options[textOption], options[fileOption]];
  if (given !== undefined && path !== undefined) throw configError(textOption, `and "${fileOption}" are both given; remove one of them`);
  if (given === undefined) return path === undefined ? undefined : { option: fileOption, path };
  if (!given.includes("-----BEGIN ")) {
    throw configError(textOption, "must be PEM text (-----BEGIN …); the name of a file goes into " + `"${fileOption}"`);
  }
  // A configuration in one line writes its line breaks as \n.
  return { option: textOption, text: given.replaceAll("\\n", "\n") };
}

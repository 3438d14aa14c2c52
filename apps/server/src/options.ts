import type { RateLimit } from "@headgate/server";
import { Command, InvalidArgumentError, Option } from "commander";

/** Everything the server can be told, from flags or from the environment (flags win). */
export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly demo: boolean;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  /** Whether requests need an API key. */
  readonly auth: boolean | undefined;
  readonly insecure: boolean;
  /** Requests that each caller of the Connect dialect has; undefined: no limit. */
  readonly connectRateLimit: RateLimit | undefined;
  /** A file that names Kafka Connect clusters. */
  readonly connectConfig: string | undefined;
  /** Kafka Connect clusters, each as `environment/cluster=url,url`. */
  readonly connectCluster: readonly string[];
  /** Create a key with this name, print it, and exit. */
  readonly createApiKey: string | undefined;
  readonly role: "read" | "write";
}

const port = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("expected a port number from 0 to 65535 (0 picks a free one).");
  return value;
};

const flag = (text: string): boolean => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new InvalidArgumentError("expected true or false.");
};

/** A day: longer windows would keep a caller out for no reason. */
const longestWindowSeconds = 86_400;

/** `<requests>/<seconds>`, or `off`. */
const rateLimit = (text: string): RateLimit | "off" => {
  if (/^(0|false|no|off)$/i.test(text)) return "off";
  const [requests = NaN, seconds = NaN] = (/^(\d{1,9})\/(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
  if (requests >= 1 && seconds >= 1 && seconds <= longestWindowSeconds) return { requests, seconds };
  throw new InvalidArgumentError("expected <requests>/<seconds>, both at least 1, such as 1000/1; or off.");
};

/** The command line, described once: `--help` and the parser both come from it. */
export function createProgram(version: string): Command {
  return new Command("headgate-server")
    .description("Headgate: pipelines of SQL views over streaming connectors, behind a validated HTTP API.")
    .version(version)
    .addOption(new Option("--port <number>", "port to listen on; 0 picks a free one").env("HEADGATE_PORT").default(8080).argParser(port))
    .addOption(new Option("--host <address>", "address to listen on").env("HEADGATE_HOST").default("127.0.0.1"))
    .addOption(
      new Option("--data-dir <folder>", "where the catalogue and the pipelines' files live").env("HEADGATE_DATA_DIR").default(".headgate"),
    )
    .addOption(
      new Option("--demo <boolean>", "create and start the demo pipeline 'flights'")
        .env("HEADGATE_DEMO")
        .default(true)
        .argParser(flag)
        .hideHelp(),
    )
    .addOption(new Option("--no-demo", "do not create the demo pipeline (HEADGATE_DEMO=false)"))
    .addOption(
      new Option("--log-level <level>", "least level that is logged, to stderr")
        .env("HEADGATE_LOG_LEVEL")
        .default("info")
        .choices(["trace", "debug", "info", "warn", "error", "silent"]),
    )
    .addOption(
      new Option("--auth [boolean]", "require an API key; needed on any address but loopback")
        .env("HEADGATE_AUTH")
        .argParser(flag)
        .preset("true"),
    )
    .addOption(
      new Option("--insecure [boolean]", "allow any address without API keys: whoever reaches it controls it")
        .env("HEADGATE_INSECURE")
        .default(false)
        .argParser(flag)
        .preset("true"),
    )
    .addOption(
      new Option("--connect-rate-limit <requests/seconds>", "requests that each key, or address without one, has under /connect; or off")
        .env("HEADGATE_CONNECT_RATE_LIMIT")
        .default({ requests: 1000, seconds: 1 } satisfies RateLimit, "1000/1")
        .argParser(rateLimit),
    )
    .addOption(
      new Option("--connect-config <file>", "YAML or JSON that names Kafka Connect clusters, see docs/connect.md").env(
        "HEADGATE_CONNECT_CONFIG",
      ),
    )
    .addOption(
      new Option("--connect-cluster <environment/cluster=url,...>", "a Kafka Connect cluster by its workers' URLs; can be given again")
        .default([], "none")
        .argParser((text: string, earlier: readonly string[]) => [...earlier, text]),
    )
    .addOption(new Option("--create-api-key <name>", "create an API key, print it, and exit"))
    .addOption(new Option("--role <role>", "role of the created key").default("write").choices(["read", "write"]))
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists the options)");
}

/** Parses arguments; on a mistake prints one clear line and exits with code 1, as commander does. */
export function parseOptions(argv: readonly string[], version: string): ServerOptions {
  const program = createProgram(version);
  program.parse([...argv], { from: "user" });
  const options = program.opts<Omit<ServerOptions, "connectRateLimit"> & { readonly connectRateLimit: RateLimit | "off" }>();
  const { auth, createApiKey, connectConfig, connectRateLimit } = options;
  return { ...options, auth, createApiKey, connectConfig, connectRateLimit: connectRateLimit === "off" ? undefined : connectRateLimit };
}

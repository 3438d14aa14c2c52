import { configError, expected, nearest, object, text, type Check, type Checked } from "@headgate/connector-kit";
import { connectionOptions, connectionOf, type KafkaConnection } from "./connection-options.ts";
import { ignoredOptions, optionAliases } from "./option-names.ts";

type Shape = Readonly<Record<string, Check<unknown>>>;
type Fields<S extends Shape> = { readonly [K in keyof S]: Checked<S[K]> };

/** What a Kafka connector's configuration says. */
export interface KafkaConfig<Own extends Shape, Options extends Shape> {
  /** Its own fields. */
  readonly own: Fields<Own>;
  /** Those of librdkafka's options that the connector asked for. */
  readonly options: Fields<Options>;
  readonly connection: KafkaConnection;
}

/**
 * Checks a configuration that has librdkafka's options beside a connector's own fields. Names with a dot are options: those in `options`,
 * those of the connection, those that mean nothing here, and no others.
 */
export function kafkaConfig<Own extends Shape, Options extends Shape>(own: Own, options: Options): Check<KafkaConfig<Own, Options>> {
  const known = { ...connectionOptions, ...options };
  const ownCheck = object(own);
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw expected(path, "an object", value);
    const fields: Record<string, unknown> = {};
    const given = new Map<string, unknown>();
    for (const [name, item] of Object.entries(value)) {
      const option = optionAliases[name] ?? name;
      if (Object.hasOwn(own, name) || !(name.includes(".") || Object.hasOwn(known, option) || ignoredOptions.has(option)))
        fields[name] = item;
      else if (Object.hasOwn(known, option)) takeOption(given, option, name, item);
      else if (!ignoredOptions.has(option)) throw unknownOption(name, Object.keys(known));
    }
    const read = (shape: Shape): Record<string, unknown> =>
      Object.fromEntries(Object.entries(shape).map(([name, check]) => [name, check(given.get(name), name)]));
    const ownFields = ownCheck(fields, path);
    const connection = connectionOf(read(connectionOptions) as Fields<typeof connectionOptions>);
    return { own: ownFields, options: read(options) as Fields<Options>, connection };
  };
}

/** A name of a topic, as brokers accept them. */
export const topicName: Check<string> = (value, path) => {
  const name = text()(value, path);
  if (name.length <= 249 && /^[\w.-]+$/.test(name) && name !== "." && name !== "..") return name;
  throw expected(path, "the name of a topic: at most 249 letters, digits, dots, hyphens and underscores", value);
};

function takeOption(given: Map<string, unknown>, option: string, name: string, value: unknown): void {
  if (value === null) return;
  if (given.has(option)) throw configError(name, `is another name of "${option}", which is given too; remove one of them`);
  given.set(option, value);
}

function unknownOption(name: string, known: readonly string[]): Error {
  const near = nearest(name, [...known, ...ignoredOptions]);
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  return configError(name, `is not an option of librdkafka that is supported here${hint}; see docs/programs.md`);
}

import { ConnectorError } from "../errors.ts";
import { check, type TestHooks } from "./hooks.ts";

/** A configuration that must be refused, and what its error must name. */
export interface BadConfig {
  readonly config: unknown;
  readonly names: readonly string[];
}

/** Every connector refuses fields it does not know, and says of a bad field which it is, what was expected and what was given. */
export function configCases(
  hooks: TestHooks,
  subject: { readonly name: string; parseConfig(config: unknown): unknown },
  good: () => Readonly<Record<string, unknown>>,
  bad: readonly BadConfig[],
): void {
  const refusal = (config: unknown): ConnectorError => {
    try {
      subject.parseConfig(config);
    } catch (error) {
      check(error instanceof ConnectorError, `a ${String(error)} was thrown instead of a ConnectorError`);
      check(error.code === "invalid_config", `the code is ${error.code} instead of invalid_config`);
      return error;
    }
    throw new Error(`${JSON.stringify(config)} was accepted`);
  };

  hooks.test(`${subject.name} refuses a field it does not know, and names it`, async () => {
    subject.parseConfig(good());
    const { message } = refusal({ ...good(), no_such_field: 1 });
    for (const part of [subject.name, "no_such_field"]) check(message.includes(part), `"${message}" does not name ${part}`);
  });

  for (const { config, names } of bad) {
    hooks.test(`${subject.name} refuses ${JSON.stringify(config)} with a message that names ${names.join(", ")}`, async () => {
      const { message } = refusal(config);
      for (const name of names) check(message.includes(name), `"${message}" does not name ${name}`);
    });
  }
}

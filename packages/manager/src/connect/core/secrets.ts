import type { ConnectorConfig } from "../api.ts";

/** What stands for a secret wherever a configuration is read. */
export const mask = "****************";

/** Names that tell of a secret. A bare "key" does not: it is a record's key in `key.converter` or `pk.fields`. */
const secretKey =
  /passw(or)?d|passwd|passphrase|secret|token|jaas|credential|user\.info|userinfo|connection\.string|keystore\.(key|certificate)|(^|[._-])(sas|pat)([._-]|$)|(api|access|private|account|shared|encryption|storage|license|auth|signing|master|application)[._-]?key/i;
/** Words with such a name in them that are no secrets. */
const harmless =
  /(converter|\.class|\.type|\.provider|mechanism|\.algorithm|\.enabled?|\.enable|endpoint|\.location|tokenizer|\.ms|\.max|\.min)$/i;
/** Values that hold a secret whatever their name: a password in a URL or among its parameters, in a JAAS entry or in JSON. */
const secretValue = /\/\/[^/?#\s:@]*:[^/?#\s@]+@|(password|passwd|pwd|secret|token|api_?key|access_?key)["']?\s*[=:]\s*\S|\bsig=\S/i;

/** Tells by its name, or else by its look, whether a value is a secret. */
export function isSecret(key: string, value: string): boolean {
  return (secretKey.test(key) && !harmless.test(key)) || secretValue.test(value);
}

/** Tells whether a value came from a masked reading rather than from a person. */
export function isMask(value: string): boolean {
  return /^\*{2,}$/.test(value);
}

/** Says of a key whether its value is a secret though neither name nor look tells. */
export type IsPassword = (key: string) => boolean;
const noPassword: IsPassword = () => false;

/** The configuration with every secret masked. Invariant 7: what leaves has passed through here. */
export function maskConfig(config: ConnectorConfig, isPassword: IsPassword = noPassword): ConnectorConfig {
  const masked = (key: string, value: string): string => (value !== "" && (isPassword(key) || isSecret(key, value)) ? mask : value);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, masked(key, value)]));
}

/** The secrets in a configuration, longest first; too short ones are left out, since they would blank ordinary text. */
export function secretsOf(config: ConnectorConfig, isPassword: IsPassword = noPassword): readonly string[] {
  const values = Object.entries(config).flatMap(([key, value]) =>
    isMask(value) || value.length < 4 ? [] : isPassword(key) || isSecret(key, value) ? [value, ...innerSecrets(value)] : [],
  );
  return [...new Set(values)].sort((a, b) => b.length - a.length);
}

/** A connection string's password is a secret also where it stands alone. */
function innerSecrets(value: string): readonly string[] {
  const inUrl = /\/\/[^/?#\s:@]*:([^/?#\s@]+)@/.exec(value)?.[1];
  const inParameter = /(?:password|passwd|pwd|secret|token|api_?key|access_?key)["']?\s*[=:]\s*["']?([^"'&;\s]+)/i.exec(value)?.[1];
  return [inUrl, inParameter].filter((secret) => secret !== undefined && secret.length >= 4) as string[];
}

/** The text with every secret in it masked. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, mask), text);
}

/**
 * A configuration in which masks, as a client reads and sends back, stand for the values of before.
 * `unknown` are the masked keys that had no value before.
 */
export function withoutMasks(
  config: ConnectorConfig,
  before: ConnectorConfig,
): { readonly config: ConnectorConfig; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const entries = Object.entries(config).map(([key, value]) => {
    if (!isMask(value)) return [key, value] as const;
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old === undefined) unknown.push(key);
    return [key, old ?? value] as const;
  });
  return { config: Object.fromEntries(entries), unknown };
}

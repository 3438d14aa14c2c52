import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "./errors.ts";

/** Where `${env:NAME}` and `${secret:kubernetes:name/key}` find their values. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Holds one folder per secret with one file per key. */
  readonly directory: string | undefined;
}

const reference = /\$\{(env|secret):([^}]*)\}/g;
const envName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const secretPath = /^kubernetes:([a-z0-9][a-z0-9.-]*)\/([A-Za-z0-9._-]+)$/;
const minimumScrubbed = 3;

/** Tells whether a JSON value names a secret somewhere. */
export const hasSecretReference = (value: unknown): boolean => JSON.stringify(value ?? null).search(reference) >= 0;

/**
 * Resolves secret references of a deployment and remembers the values, so that they can be scrubbed from everything that
 * leaves the process. Law 7: a secret never leaves in a response, a log line, an error or a metric.
 */
export class Secrets {
  readonly #sources: SecretSources;
  readonly #known = new Map<string, string>();
  #pattern: RegExp | undefined;

  constructor(sources: SecretSources) {
    this.#sources = sources;
  }

  /** Replaces known secret values by the reference that stands for them. */
  readonly scrub = (text: string): string =>
    this.#pattern === undefined ? text : text.replace(this.#pattern, (found) => this.#known.get(found) ?? "***");

  /** A copy of a JSON value with every reference in its strings replaced. @throws PipelineError naming the reference. */
  async resolve(value: unknown): Promise<unknown> {
    if (typeof value === "string") return this.#resolveText(value);
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.resolve(item)));
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(async ([key, item]) => [key, await this.resolve(item)] as const);
      return Object.fromEntries(await Promise.all(entries));
    }
    return value;
  }

  async #resolveText(text: string): Promise<string> {
    let result = "";
    let end = 0;
    for (const match of text.matchAll(reference)) {
      const [whole, kind, name] = match as unknown as [string, string, string];
      const value = kind === "env" ? this.#environment(whole, name) : await this.#file(whole, name);
      this.#remember(value, whole);
      result += text.slice(end, match.index) + value;
      end = match.index + whole.length;
    }
    return result + text.slice(end);
  }

  #environment(whole: string, name: string): string {
    if (!envName.test(name)) throw invalid(`${whole} is not a valid reference: expected \${env:NAME}`);
    const value = this.#sources.env[name];
    if (value === undefined) throw invalid(`${whole} cannot be resolved: the environment variable ${name} is not set`);
    return value;
  }

  async #file(whole: string, name: string): Promise<string> {
    const parts = secretPath.exec(name);
    if (parts === null) throw invalid(`${whole} is not a valid reference: expected \${secret:kubernetes:<name>/<key>}`);
    const { directory } = this.#sources;
    if (directory === undefined) throw invalid(`${whole} cannot be resolved: HEADGATE_SECRETS_DIR is not set`);
    try {
      return await readFile(join(directory, parts[1] ?? "", parts[2] ?? ""), "utf8");
    } catch {
      throw invalid(`${whole} cannot be resolved: no such file below HEADGATE_SECRETS_DIR`);
    }
  }

  #remember(value: string, whole: string): void {
    // A value of one or two characters would blank ordinary text without hiding anything.
    for (const form of new Set([value, value.trim(), JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])) {
      if (form.length >= minimumScrubbed) this.#known.set(form, whole);
    }
    const longestFirst = [...this.#known.keys()].sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0)
      this.#pattern = new RegExp(longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  }
}

const invalid = (message: string): PipelineError => new PipelineError("ConfigError.PipelineConfigParseError", message);

import type { IsPassword } from "../core/secrets.ts";
import type { Engine } from "./engine.ts";

/** Settings that every connector has, and that are no secrets. */
const framework =
  /^(name|connector\.class|connector\.plugin\.version|tasks\.max(\.enforce)?|topics|topics\.regex|topic|file|(key|value|header)\.converter(\.schemas\.enable|\.plugin\.version)?|config\.action\.reload|transforms|transforms\.[^.]+\.type|predicates|errors\.[\w.]+|exactly\.once\.support|offsets\.storage\.topic|topic\.creation\.[\w.]+)$/;
const retryMs = 30_000;
const limit = 1000;

/**
 * Which settings of a plugin are passwords by its own definition. Of a plugin whose definition cannot be had, all settings count as
 * passwords but those that every connector has: Invariant 7.
 */
export class PasswordKeys {
  readonly #engine: Engine;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly keys: Promise<ReadonlySet<string> | undefined>; readonly at: number }>();

  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  async of(plugin: string | undefined): Promise<IsPassword> {
    if (plugin === undefined) return guarded;
    const keys = await this.#keys(plugin);
    return keys === undefined ? guarded : (key) => keys.has(key);
  }

  #keys(plugin: string): Promise<ReadonlySet<string> | undefined> {
    const known = this.#known.get(plugin);
    if (known !== undefined && this.#now() < known.at) return known.keys;
    // Anybody may name a plugin that there is not.
    if (this.#known.size >= limit) this.#known.clear();
    const keys = this.#engine.passwordKeys(plugin).catch(() => undefined);
    this.#known.set(plugin, { keys, at: Infinity });
    void keys.then((set) => {
      // Another look after a while: the plugin may be installed, or the cluster be back.
      if (set === undefined) this.#known.set(plugin, { keys, at: this.#now() + retryMs });
    });
    return keys;
  }
}

const guarded: IsPassword = (key) => !framework.test(key);

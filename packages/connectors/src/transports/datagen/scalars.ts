import { configError, expected } from "@headgate/connector-kit";
import type { ColumnType } from "@headgate/engine";
import type { FieldSettings } from "./config.ts";
import type { Domain } from "./domain.ts";
import type { Random } from "./random.ts";
import { hasParts, isTextStrategy, type DrawText } from "./text-strategies.ts";
import { wholeNumbers, type Generate } from "./whole-numbers.ts";
import { zipf } from "./zipf.ts";

export interface GenerateContext {
  readonly random: Random;
  /** Present when a setting asks for a text strategy. */
  readonly drawText: DrawText | undefined;
}

export function booleans(settings: FieldSettings, random: Random): Generate {
  if (settings.strategy === "increment") return (index) => index % 2 === 1;
  if (settings.strategy === "uniform") return () => random.bits32() % 2 === 1;
  const rank = zipf(2, settings.e, random);
  return () => rank() === 2;
}

export function floats(settings: FieldSettings, type: ColumnType, path: string, random: Random): Generate {
  const round = type.type === "REAL" ? Math.fround : (x: number): number => x;
  const largest = type.type === "REAL" ? 3.402_823_466_385_288_6e38 : Number.MAX_VALUE;
  const [from, below] = floatRange(settings, path) ?? [settings.strategy === "increment" ? 0 : -largest, largest];
  const { scale } = settings;
  if (settings.strategy === "increment") {
    const wrap = below - from;
    return (index) => {
      const rest = (index * scale) % wrap;
      // Wraps forward, also with a negative scale.
      return round(from + (rest < 0 ? rest + wrap : rest));
    };
  }
  if (settings.strategy === "uniform") {
    return () => {
      const part = random.unit();
      // Not from + part * (below - from): the width of the whole type is no finite number.
      const drawn = round(from * (1 - part) + below * part);
      return round((drawn >= below ? from : drawn) * scale);
    };
  }
  const rank = zipf(Math.max(1, Math.min(Math.floor(below - from), Number.MAX_SAFE_INTEGER)), settings.e, random);
  return () => round(from + rank() - 1);
}

function floatRange(settings: FieldSettings, path: string): readonly [number, number] | undefined {
  if (settings.range === undefined) return undefined;
  const [from, below] = settings.range.map((bound, i) => {
    if (typeof bound !== "number" || !Number.isFinite(bound)) throw expected(`${path}.range[${i}]`, "a number", bound);
    return bound;
  }) as [number, number];
  if (from >= below) throw configError(`${path}.range`, "is empty: its first bound must be less than its second, which is not in it");
  return [from, below];
}

export function uuids(settings: FieldSettings, random: Random): Generate {
  const form = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  if (settings.strategy === "increment") return (index) => form(index.toString(16).padStart(32, "0"));
  const word = (): string => random.bits32().toString(16).padStart(8, "0");
  return () => {
    const hex = word() + word() + word() + word();
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return form(`${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`);
  };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function texts(settings: FieldSettings, type: ColumnType, path: string, context: GenerateContext): Generate {
  const { random, drawText } = context;
  const longest = type.precision !== undefined && type.precision >= 0 ? type.precision : Infinity;
  const cut = (text: string): string => (text.length > longest ? text.slice(0, longest) : text);
  const { strategy, scale } = settings;
  if (strategy === "increment") return (index) => cut(String(index * scale));
  // `increment` and the parts of a text draw their number evenly; only zipf prefers small ones.
  const length = lengths({ ...settings, strategy: strategy === "zipf" ? "zipf" : "uniform" }, [0, 25], path, random);
  if (!isTextStrategy(strategy)) {
    return (index) => {
      let text = "";
      for (let left = Math.min(length(index), longest); left > 0; left -= 1) text += alphabet[random.below(alphabet.length)];
      return text;
    };
  }
  if (drawText === undefined) throw new Error("text strategies need their source");
  const parts = hasParts(strategy);
  return (index) => cut(drawText(strategy, parts ? length(index) : 1));
}

/** How many elements, bytes or characters; `range` bounds their number, and `scale` means nothing here. */
export function lengths(
  settings: FieldSettings,
  defaultRange: readonly [number, number],
  path: string,
  random: Random,
): (index: number) => number {
  const range = [BigInt(defaultRange[0]), BigInt(defaultRange[1])] as const;
  const domain: Domain = { ...lengthDomain, defaultRange: { increment: range, random: range } };
  return wholeNumbers({ ...settings, scale: 1 }, domain, path, random) as (index: number) => number;
}

const maxLength = 1_000_000n;
const lengthDomain: Omit<Domain, "defaultRange"> = {
  from: 0n,
  below: maxLength,
  unit: 1n,
  toValue: (position) => position,
  toValueBig: (position) => Number(position),
  parse: (given, path) => {
    if (!Number.isInteger(given)) throw expected(path, "a whole number", given);
    return BigInt(given as number);
  },
};

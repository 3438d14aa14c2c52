import type { Delta, Row, Value } from "../../src/types.ts";
import { rowText } from "../runtime/model.ts";
import { Multiset } from "./maintained-views.ts";

/** A small deterministic generator of numbers in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Columns by the values that they take. */
export type Columns = readonly (readonly Value[])[];

/**
 * Deltas of multisets over few values, so that rows collide: consolidated, never taking what is not there, in an order that puts
 * removals anywhere. Now and then everything goes at once, or nothing happens.
 */
export function randomSteps(tables: Readonly<Record<string, Columns>>, count: number, seed: number): ReadonlyMap<string, Delta>[] {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const held = new Map(Object.keys(tables).map((name) => [name, new Multiset()]));
  return Array.from({ length: count }, () => {
    const step = new Map<string, Delta>();
    for (const [name, columns] of Object.entries(tables)) {
      if (random() < 0.25) continue;
      const content = held.get(name)!;
      const changes = new Map<string, [Row, number]>();
      const change = (row: Row, weight: number): void => {
        const entry = changes.get(rowText(row)) ?? [row, 0];
        if (content.count(row) + entry[1] + weight >= 0) entry[1] += weight;
        changes.set(rowText(row), entry);
      };
      if (random() < 0.05) for (const row of content.rows()) change(row, -1);
      for (let i = random() * 8; i > 0; i--) change(columns.map(pick), random() < 0.2 ? 2 : 1);
      const present = content.rows();
      for (let i = random() * Math.min(present.length, 8); i > 0; i--) change(pick(present), -1);
      const delta = [...changes.values()].filter(([, weight]) => weight !== 0).sort(() => random() - 0.5);
      content.add(delta);
      step.set(name, delta);
    }
    return step;
  });
}

/** The same change in a worse form: entries split, pairs that cancel, all in any order. */
export function withNoise(delta: Delta, others: readonly Row[], seed: number): Delta {
  const random = createRandom(seed);
  const noisy: [Row, number][] = [];
  for (const [row, weight] of delta) noisy.push([row, weight + 1], [[...row], -1]);
  for (const row of others) if (random() < 0.3) noisy.push([[...row], -1], [[...row], 1]);
  return noisy.filter(([, weight]) => weight !== 0).sort(() => random() - 0.5);
}

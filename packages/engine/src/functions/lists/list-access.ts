import type { Value } from "../../types.ts";

type List = readonly Value[];

/** Where the element of an index that counts from 1, or from the end when negative, stands; out of range when there is none. */
function place(length: number, index: bigint): number {
  if (index > 0n) return index > BigInt(length) ? -1 : Number(index) - 1;
  return index < 0n && -index <= BigInt(length) ? length + Number(index) : -1;
}

/** The element of an index; NULL when there is none. */
export const elementAt = (list: List, index: bigint): Value => list[place(list.length, index)] ?? null;

/** First and last place of a slice, both counted from 1 and included, from the end when negative. */
export function sliceRange(length: number, begin: bigint, end: bigint): readonly [number, number] {
  const size = BigInt(length);
  const from = begin < 0n ? size + begin + 1n : begin;
  const to = end < 0n ? size + end + 1n : end;
  const first = from < 1n ? 1n : from;
  const last = to > size ? size : to;
  return first > last ? [0, 0] : [Number(first) - 1, Number(last)];
}

export function sliceList(list: List, begin: bigint, end: bigint): List {
  const [from, to] = sliceRange(list.length, begin, end);
  return list.slice(from, to);
}

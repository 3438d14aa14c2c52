import type { Row } from "../types.ts";

/** The rows of a partition in a call's order, and how they fall into groups of peers: rows that are equal in that order. */
export interface OrderedPartition {
  readonly rows: readonly Row[];
  /** Number of the group of each row, from 0. */
  readonly group: readonly number[];
  /** Where each group starts; after the last one, the number of rows. */
  readonly starts: readonly number[];
}

/** Finds the groups of peers among rows in order. */
export function toPartition(rows: readonly Row[], arePeers: (a: Row, b: Row) => boolean): OrderedPartition {
  const group: number[] = [];
  const starts: number[] = [];
  rows.forEach((row, i) => {
    if (i === 0 || !arePeers(rows[i - 1] as Row, row)) starts.push(i);
    group.push(starts.length - 1);
  });
  starts.push(rows.length);
  return { rows, group, starts };
}

/** Where the group of a row starts. */
export function peerStart({ group, starts }: OrderedPartition, index: number): number {
  return starts[group[index] as number] as number;
}

/** The first row after the group of a row. */
export function peerEnd({ group, starts }: OrderedPartition, index: number): number {
  return starts[(group[index] as number) + 1] as number;
}

import { noBounds, type Bounds } from "../streaming/bound.ts";
import { nothingRises, type Rising } from "../streaming/rising.ts";
import { tableBounds } from "../streaming/table-bounds.ts";
import type { Watermarks } from "../streaming/watermarks.ts";
import { clockTable } from "../program/clock-table.ts";
import type { Program } from "../types.ts";
import { errorViewName } from "../program/error-view.ts";
import type { DataflowNode, Operator } from "./operator.ts";

/** A node and what builders of nodes above it want to know. */
export interface Built {
  readonly node: DataflowNode;
  /** Its columns' names, for people. */
  readonly names: readonly string[];
  /** Its deltas hold every row at most once. */
  readonly consolidated: boolean;
  /** What is known of its columns in all changes to come. */
  readonly bounds: Bounds;
  readonly rising: Rising;
}

/** What is wanted of a new node. */
export interface Wanted {
  readonly label: string;
  readonly detail: string;
  /** Its parameters: nodes of equal label, key and inputs are one node. */
  readonly key: string;
  readonly inputs: readonly Built[];
  readonly names: readonly string[];
  readonly consolidated: boolean;
  /** Default: nothing is known. */
  readonly bounds?: Bounds;
  readonly rising?: Rising;
  readonly create: () => Operator;
}

/** A graph under construction. */
export interface GraphBuilder {
  readonly nodes: readonly DataflowNode[];
  /** What gives each relation's content so far. */
  readonly relations: ReadonlyMap<string, Built>;
  /** The content of a relation: its node, or a new source. */
  source(relation: string): Built;
  add(wanted: Wanted): Built;
  /** Makes `content` the content of a view. */
  view(name: string, content: Built, operator: Operator): void;
  /** Remembers this moment: the function that is given back forgets what came after it. */
  mark(): () => void;
}

/** An empty graph for a program. */
export function createGraphBuilder(program: Program, watermarks: Watermarks): GraphBuilder {
  const fields = new Map(
    [...program.tables, ...program.views].map(({ name, fields }) => [name, fields.map((field) => `${name}.${field.name}`)]),
  );
  const tables = new Map(program.tables.map((table) => [table.name, table]));
  /** Their deltas may hold a row several times: it costs less to add up what a view makes of them. */
  const withoutKey = new Set(program.tables.filter(({ primaryKey }) => primaryKey === undefined).map(({ name }) => name));
  const nodes: DataflowNode[] = [];
  let shared = new Map<string, Built>();
  let relations = new Map<string, Built>();
  const push = (node: Omit<DataflowNode, "id">): DataflowNode => {
    const added = { id: nodes.length, ...node };
    nodes.push(added);
    return added;
  };
  const namesOf = (relation: string): readonly string[] => {
    const names = fields.get(relation);
    if (names === undefined) throw new TypeError(`The program has no relation '${relation}'`);
    return names;
  };
  return {
    nodes,
    get relations() {
      return relations;
    },
    source(relation) {
      const known = relations.get(relation);
      if (known !== undefined) return known;
      const detail = tables.has(relation) ? "table" : relation === errorViewName ? "system view" : "recomputed view";
      const node = push({ label: relation, detail, inputs: [], operator: undefined, relation });
      const table = tables.get(relation);
      const bounds = table === undefined ? noBounds : tableBounds(table, watermarks.of(relation));
      const rising = relation === clockTable.name ? new Set(bounds.keys()) : nothingRises;
      const built = { node, names: namesOf(relation), consolidated: !withoutKey.has(relation), bounds, rising };
      relations.set(relation, built);
      return built;
    },
    add({ label, detail, key, inputs, names, consolidated, bounds = noBounds, rising = nothingRises, create }) {
      const identity = `${label} ${inputs.map(({ node }) => node.id).join(",")} ${key}`;
      const known = shared.get(identity);
      if (known !== undefined) return known;
      const operator = create();
      const node = push({ label, detail, inputs: inputs.map(({ node }) => node), operator, relation: undefined });
      const built = { node, names, consolidated, bounds, rising };
      shared.set(identity, built);
      return built;
    },
    view(name, { node: last, bounds, rising }, operator) {
      const node = push({ label: "view", detail: name, inputs: [last], operator, relation: name });
      relations.set(name, { node, names: namesOf(name), consolidated: true, bounds, rising });
    },
    mark() {
      const before = { length: nodes.length, shared: new Map(shared), relations: new Map(relations) };
      return () => {
        nodes.length = before.length;
        shared = before.shared;
        relations = before.relations;
      };
    },
  };
}

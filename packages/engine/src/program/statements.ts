import type { ColumnType, Property } from "../types.ts";
import type { NamedToken } from "./cursor.ts";

export interface TextRange {
  readonly start: number;
  readonly end: number;
}
/** Text of an expression or query with its offset in the program. */
export interface SqlFragment extends TextRange {
  readonly sql: string;
}
export interface ColumnDeclaration {
  readonly name: NamedToken;
  readonly type: ColumnType;
  readonly primaryKey: boolean;
  readonly default: SqlFragment | undefined;
  readonly lateness: SqlFragment | undefined;
}
export interface ForeignKey {
  readonly columns: readonly NamedToken[];
  readonly table: NamedToken;
  readonly references: readonly NamedToken[];
}
export interface CreateTable {
  readonly kind: "table";
  readonly name: NamedToken;
  readonly columns: readonly ColumnDeclaration[];
  readonly primaryKey: readonly NamedToken[] | undefined;
  readonly foreignKeys: readonly ForeignKey[];
  readonly properties: Readonly<Record<string, Property>>;
}
export interface CreateView {
  readonly kind: "view";
  readonly name: NamedToken;
  readonly mode: "plain" | "materialized" | "local";
  readonly columns: readonly NamedToken[] | undefined;
  readonly properties: Readonly<Record<string, Property>>;
  readonly query: SqlFragment;
}
export interface CreateIndex {
  readonly kind: "index";
  readonly name: NamedToken;
  readonly relation: NamedToken;
  readonly columns: readonly NamedToken[];
}
export type Statement = CreateTable | CreateView | CreateIndex;

/**
 * JavaScript made at run time, for expressions of a query. This is the only file that makes functions from text: every value that comes
 * from a query or a program is bound by reference and never becomes part of the text.
 */
export interface FunctionBuilder {
  /** A name for this value inside the function. */
  bind(value: unknown): string;
  /** A new name for a local variable. */
  local(): string;
  /** Adds a statement. */
  add(statement: string): void;
  /** Adds a statement before all others. */
  addFirst(statement: string): void;
  /** What `write` adds, instead of adding it. */
  capture<T>(write: () => T): { readonly result: T; readonly text: string };
  /** The function: its statements end with a return that was added. */
  build(parameters: readonly string[]): unknown;
}

export function createFunctionBuilder(): FunctionBuilder {
  const values: unknown[] = [];
  const first: string[] = [];
  let statements: string[] = [];
  let locals = 0;
  return {
    bind(value) {
      const known = values.findIndex((other) => Object.is(other, value));
      if (known !== -1) return `k${known}`;
      values.push(value);
      return `k${values.length - 1}`;
    },
    local() {
      return `t${locals++}`;
    },
    add(statement) {
      statements.push(statement);
    },
    addFirst(statement) {
      first.push(statement);
    },
    capture(write) {
      const outer = statements;
      statements = [];
      const result = write();
      const text = statements.join("\n");
      statements = outer;
      return { result, text };
    },
    build(parameters) {
      const names = values.map((_, i) => `k${i}`);
      const text = `"use strict";\nreturn (${parameters.join(", ")}) => {\n${[...first, ...statements].join("\n")}\n};`;
      const make = new Function(...names, text) as (...bound: readonly unknown[]) => unknown;
      return make(...values);
    },
  };
}

import { AvroDataError } from "./avro-error.ts";
import type { AvroSchema } from "./avro-schema.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Reads over a value that nobody asked for. */
export type Skipper = (input: ByteReader) => undefined;

/** Compiles the skipper of a schema, which may hold itself. */
export function compileSkipper(schema: AvroSchema, known = new Map<AvroSchema, Skipper>()): Skipper {
  const before = known.get(schema);
  if (before !== undefined) return before;
  let skip: Skipper = () => undefined;
  known.set(schema, (input) => skip(input));
  skip = skipperOf(schema, known);
  return skip;
}

function skipperOf(schema: AvroSchema, known: Map<AvroSchema, Skipper>): Skipper {
  switch (schema.kind) {
    case "null":
      return () => undefined;
    case "boolean":
      return (input) => void input.byte();
    case "int":
    case "long":
    case "enum":
      return (input) => void input.long();
    case "float":
      return (input) => void input.skip(4);
    case "double":
      return (input) => void input.skip(8);
    case "bytes":
    case "string":
      return (input) => void input.skipBytes();
    case "fixed":
      return (input) => void input.skip(schema.size);
    case "array": {
      const skip = compileSkipper(schema.items, known);
      return (input) => void input.blocks(() => skip(input));
    }
    case "map": {
      const skip = compileSkipper(schema.values, known);
      return (input) =>
        void input.blocks(() => {
          input.skipBytes();
          skip(input);
        });
    }
    case "union": {
      const branches = schema.branches.map((branch) => compileSkipper(branch, known));
      return (input) => {
        const chosen = input.int();
        const skip = branches[chosen];
        if (skip === undefined) throw new AvroDataError(`a union has no branch ${chosen}`);
        return skip(input);
      };
    }
    case "record": {
      const fields = schema.fields.map((field) => compileSkipper(field.schema, known));
      return (input) => {
        for (const skip of fields) skip(input);
        return undefined;
      };
    }
  }
}

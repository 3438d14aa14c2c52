/** A schema that is not Avro, or does not fit a table or view; says what was expected and what was given. */
export class AvroSchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AvroSchemaError";
  }
}

/** Bytes that are no value of their schema. */
export class AvroDataError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AvroDataError";
  }
}

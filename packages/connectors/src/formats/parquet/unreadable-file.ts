/** The bytes are not a Parquet file, or not one that this table can take. */
export class UnreadableFile extends Error {
  readonly field: string | undefined;
  constructor(message: string, field?: string) {
    super(message);
    this.name = "UnreadableFile";
    this.field = field;
  }
}

import { ConnectorError } from "@headgate/connector-kit";
import { configFields } from "../config-fields.ts";

export interface CsvInputConfig {
  readonly delimiter: string;
  /** The first record is a header: it is skipped, columns are matched by position. */
  readonly headers: boolean;
  readonly quote: string;
  readonly escape: string | undefined;
  readonly doubleQuote: boolean;
  readonly quoting: boolean;
  readonly comment: string | undefined;
  /** Records may have fewer or more fields than the table has columns. */
  readonly flexible: boolean;
  readonly trimFields: boolean;
}

/** Reads the configuration of the CSV input format. @throws ConnectorError `invalid_config` */
export function parseCsvInputConfig(config: unknown): CsvInputConfig {
  const fields = configFields("csv", config);
  const trim = fields.choice("trim", ["none", "headers", "fields", "all"], "none");
  const parsed: CsvInputConfig = {
    delimiter: fields.character("delimiter", ","),
    headers: fields.flag("headers", false),
    quote: fields.character("quote", '"'),
    escape: fields.character("escape", undefined),
    doubleQuote: fields.flag("double_quote", true),
    quoting: fields.flag("quoting", true),
    comment: fields.character("comment", undefined),
    flexible: fields.flag("flexible", true),
    trimFields: trim === "fields" || trim === "all",
  };
  fields.end();
  const special = { delimiter: parsed.delimiter, quote: parsed.quoting ? parsed.quote : undefined };
  for (const [name, character] of Object.entries(special)) {
    if (character === "\n" || character === "\r") {
      throw new ConnectorError("invalid_config", `format "csv": "${name}" cannot be a line break`);
    }
  }
  if (special.delimiter === special.quote) {
    throw new ConnectorError("invalid_config", 'format "csv": "delimiter" and "quote" must be different characters');
  }
  return parsed;
}

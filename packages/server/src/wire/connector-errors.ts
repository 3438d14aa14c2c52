import type { Schemas } from "@headgate/contract";
import type { InputConnectorStats } from "../domain.ts";

type ConnectorErrorEntry = NonNullable<InputConnectorStats["parseErrors"]>[number];

/** The errors that a connector keeps, oldest first. */
export function toConnectorErrors(errors: readonly ConnectorErrorEntry[]): Schemas["ConnectorError"][] {
  return errors.map(({ timestamp, index, tag, message }) => ({ timestamp, index, tag, message }));
}

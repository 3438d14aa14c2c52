/**
 * What a connector implements: input and output transports, parsers and encoders, their configuration and errors.
 * Transport and format are separate axes; nothing here does I/O, and nothing here knows the pipeline that runs it.
 */
export type * from "./input.ts";
export type * from "./output.ts";
export type * from "./format.ts";
export type * from "./registry.ts";
export { ConnectorError, SinkPositionLost, type ConnectorErrorCode } from "./errors.ts";
export { abortable } from "./abortable.ts";
export { systemClock, type Clock } from "./clock.ts";
export { messageBytes } from "./message-bytes.ts";
export {
  anything,
  boolean,
  configError,
  expected,
  integer,
  listOf,
  mapOf,
  nearest,
  noFields,
  number,
  object,
  oneOf,
  optional,
  parseConfig,
  secret,
  text,
  withDefault,
  type Check,
  type Checked,
} from "./config.ts";

/**
 * What a connector implements: input and output transports, parsers and encoders, their configuration and errors.
 * Transport and format are separate axes; nothing here does I/O, and nothing here knows the pipeline that runs it.
 */
export type * from "./input.ts";
export type * from "./output.ts";
export type * from "./format.ts";
export type * from "./registry.ts";
export { ConnectorError, type ConnectorErrorCode } from "./errors.ts";

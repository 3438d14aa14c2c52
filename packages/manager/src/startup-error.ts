/** The ways in which a start can fail. */
export type StartupErrorCode =
  | "DataDirectoryUnusable"
  | "DataDirectoryInUse"
  | "CatalogueCorrupt"
  | "CatalogueTooNew"
  | "PepperMissing"
  | "PepperInvalid"
  | "InvalidConnectConfig";

/** Why the control plane cannot start on a data directory. The message names the file and what to do about it. */
export class StartupError extends Error {
  readonly code: StartupErrorCode;
  constructor(code: StartupErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "StartupError";
    this.code = code;
  }
}

import { ManagerError } from "../errors.ts";
import * as f from "./fields.ts";
import { FieldError } from "./fields.ts";

const programConfig = f.object({
  profile: f.optionalChoice("dev", "unoptimized", "optimized", "optimized_symbols"),
  cache: f.boolean(true),
  runtime_version: f.optionalString(),
  use_platform_compiler: f.boolean(false),
});

/** The published ProgramConfig with every default filled in. @throws ManagerError `InvalidProgramConfig` naming the field. */
export function expandProgramConfig(given: unknown): Readonly<Record<string, unknown>> {
  try {
    return programConfig.read(given, "") as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ManagerError(
      "InvalidProgramConfig",
      `Invalid program configuration: ${error.message}`,
      { field: error.field, error: error.message },
      { cause: error },
    );
  }
}

import { toValidateProgramResponse } from "../wire/programs.ts";
import type { HandlersOf, Services } from "./services.ts";

export function programHandlers({ manager: { pipelines } }: Services) {
  return {
    validateProgram: async ({ body }) => ({
      status: 200,
      body: toValidateProgramResponse(await pipelines.validate(body.program_code)),
    }),
  } satisfies HandlersOf<"programs">;
}

import { PipelineError } from "./errors.ts";

/** What a completion token says: this incarnation, this endpoint, this many records ingested. */
export interface CompletionClaim {
  readonly incarnation: string;
  readonly endpoint: number;
  readonly count: number;
}
/** What a reset token says: this incarnation, this endpoint, this generation. */
export interface ResetClaim {
  readonly incarnation: string;
  readonly endpoint: number;
  readonly generation: number;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export const encodeCompletionToken = (claim: CompletionClaim): string =>
  encode({ u: claim.incarnation, e: claim.endpoint, c: claim.count });
export const encodeResetToken = (claim: ResetClaim): string => encode({ u: claim.incarnation, e: claim.endpoint, g: claim.generation });

export function decodeCompletionToken(token: string): CompletionClaim {
  const { u, e, n } = decode("completion", token, "c");
  return { incarnation: u, endpoint: e, count: n };
}
export function decodeResetToken(token: string): ResetClaim {
  const { u, e, n } = decode("reset", token, "g");
  return { incarnation: u, endpoint: e, generation: n };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function decode(kind: "completion" | "reset", token: string, third: "c" | "g"): { u: string; e: number; n: number } {
  const invalid = (reason: string): PipelineError => {
    const message = `invalid ${kind} token: ${reason}`;
    return new PipelineError("InvalidParam", `Invalid parameter: ${message}`, { error: message });
  };
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw invalid("not base64url text");
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    throw invalid("it does not hold JSON");
  }
  if (typeof value !== "object" || value === null) throw invalid("it does not hold a JSON object");
  const { u, e, [third]: n } = value as Record<string, unknown>;
  if (typeof u !== "string" || !uuid.test(u)) throw invalid("its incarnation is not a UUID");
  if (!isCount(e) || !isCount(n)) throw invalid(`its fields "e" and "${third}" must be whole numbers`);
  return { u, e, n };
}

/** Law 5: an unknown past is 410, never "complete". */
export function assertIncarnation(claimed: string, current: string): void {
  if (claimed === current) return;
  throw new PipelineError(
    "PipelineRestarted",
    `The token belongs to pipeline incarnation ${claimed}, but the current incarnation is ${current}: the pipeline was ` +
      "suspended and resumed, or restarted after a failure, since the token was issued. Repeat the request for a new token.",
    { token_incarnation: claimed, current_incarnation: current },
  );
}

import type { InputMessage } from "./input.ts";

/** Bytes that a message counts for. At least one, so that the number of bytes behind a batch tells which messages are. */
export const messageBytes = ({ value }: Pick<InputMessage, "value">): number => Math.max(1, value?.byteLength ?? 0);

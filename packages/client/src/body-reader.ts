/** Reads a body piece by piece. */
export interface BodyReader {
  /** The next piece; undefined at the end. Rejects with the signal's reason once that has fired. */
  readonly read: () => Promise<Uint8Array | undefined>;
  /** Lets go of the body and its connection. */
  readonly cancel: () => void;
}

/**
 * Ties a body to a signal. The signal that a request was made with is not enough: Node's fetch holds it weakly, and after a
 * garbage collection an abort no longer reaches a body that is still arriving.
 */
export function openBody(response: Response, signal: AbortSignal): BodyReader {
  const reader = response.body?.getReader();
  const cancel = () => {
    signal.removeEventListener("abort", cancel);
    // A body that has failed already has nothing to let go of.
    reader?.cancel().catch(() => undefined);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  return {
    read: async () => {
      const piece = await reader?.read();
      if (signal.aborted) throw signal.reason;
      return piece?.value;
    },
    cancel,
  };
}

/** The whole body as text. */
export async function readText(response: Response, signal: AbortSignal): Promise<string> {
  const body = openBody(response, signal);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  } finally {
    body.cancel();
  }
}

/** What a response says about which content it holds. */
export interface ContentVersion {
  /** Bytes of the whole content, if told. */
  readonly length: number | undefined;
  readonly tag: string | undefined;
  /** The tag when equal tags mean equal bytes. */
  readonly strongTag: string | undefined;
  readonly modified: string | undefined;
  /** For If-Range: without one, a server cannot be asked for "the rest of the same content". */
  readonly validator: string | undefined;
  /** The body is compressed on the wire: positions in it mean nothing to the server. */
  readonly encoded: boolean;
}

export function versionOf(response: Response): ContentVersion {
  const { headers } = response;
  const tag = headers.get("etag") ?? undefined;
  const modified = headers.get("last-modified") ?? undefined;
  const strongTag = tag === undefined || tag.startsWith("W/") ? undefined : tag;
  const encoding = headers.get("content-encoding") ?? "identity";
  const encoded = encoding !== "identity";
  return { length: encoded ? undefined : wholeLength(response), tag, strongTag, modified, validator: strongTag ?? modified, encoded };
}

/** Why two responses cannot hold the same content, or undefined when nothing speaks against it. */
export function differences(before: ContentVersion, now: ContentVersion): string | undefined {
  const differ = (a: string | number | undefined, b: string | number | undefined): boolean => a !== undefined && b !== undefined && a !== b;
  if (differ(before.tag, now.tag)) return `its ETag was ${before.tag} and is ${now.tag}`;
  if (differ(before.length, now.length)) return `its length was ${before.length} bytes and is ${now.length}`;
  // With equal strong tags a new date is only a new date.
  if (before.strongTag === undefined && differ(before.modified, now.modified)) {
    return `it was last modified ${before.modified} and now ${now.modified}`;
  }
  return undefined;
}

/** The part of the content that a 206 response holds. */
export function contentRange(response: Response): { readonly start: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (match === null) return undefined;
  return { start: Number(match[1]), total: match[2] === "*" ? undefined : Number(match[2]) };
}

function wholeLength(response: Response): number | undefined {
  if (response.status === 206) return contentRange(response)?.total;
  const length = response.headers.get("content-length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

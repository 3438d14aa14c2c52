import { createHmac, timingSafeEqual } from "node:crypto";

/** Says for whom a token stands, and how long. */
export interface AccessTokenClaims {
  /** The id of an API key. */
  readonly keyId: string;
  /** Epoch seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Every token of ours begins with this one header, so no other algorithm can be asked for. */
const header = encode({ alg: "HS256", typ: "JWT" });
const issuer = "headgate";
/** Longer strings cannot be a token of ours, and are not worth hashing. */
const longestToken = 1024;

/** Writes a JSON Web Token, signed with the secret. */
export function signAccessToken({ keyId, issuedAt, expiresAt }: AccessTokenClaims, secret: Buffer): string {
  const signed = `${header}.${encode({ iss: issuer, sub: keyId, iat: issuedAt, exp: expiresAt })}`;
  return `${signed}.${sign(signed, secret).toString("base64url")}`;
}

/** Reads a token; undefined when it is not of this secret, or is over. */
export function readAccessToken(token: string, secret: Buffer, nowSeconds: number): AccessTokenClaims | undefined {
  if (token.length > longestToken || !token.startsWith(`${header}.`)) return undefined;
  const dot = token.lastIndexOf(".");
  const given = Buffer.from(token.slice(dot + 1), "base64url");
  const expected = sign(token.slice(0, dot), secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // What carries our signature was written above.
  const { sub, iat, exp } = JSON.parse(Buffer.from(token.slice(header.length + 1, dot), "base64url").toString()) as {
    sub: string;
    iat: number;
    exp: number;
  };
  return exp > nowSeconds ? { keyId: sub, issuedAt: iat, expiresAt: exp } : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(text: string, secret: Buffer): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

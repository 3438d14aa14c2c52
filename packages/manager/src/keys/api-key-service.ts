import { createHmac, hash, hkdfSync, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { ApiKey, ApiKeyService } from "../api.ts";
import type { Catalogue, StoredKey } from "../catalogue/catalogue.ts";
import { ManagerError } from "../errors.ts";
import { assertKeyName } from "../pipelines/validate.ts";
import { readAccessToken, signAccessToken } from "./access-token.ts";

const prefix = "apikey:";
const secretBytes = 32;
/** Longer strings cannot be a key of ours, and are not worth hashing. */
const longestSecret = 200;
/** How many keys that have been presented lately are known without the keyed digest, which costs as much as the rest of a request. */
const recentKeys = 1024;

/** API keys: random secrets of 256 bits, of which only a keyed digest is kept. */
export function createApiKeyService(catalogue: Catalogue, pepper: Buffer, now: () => number = Date.now): ApiKeyService {
  const byId = new Map<string, StoredKey>();
  const byName = new Map<string, StoredKey>();
  const byDigest = new Map<string, StoredKey>();
  /** Unkeyed digest of a secret that has been found right → its key. Only in memory; 256 random bits cannot be guessed from it. */
  const recent = new Map<string, ApiKey>();
  const tokenSecret = Buffer.from(hkdfSync("sha256", pepper, "", "access tokens", secretBytes));
  const nowSeconds = (): number => Math.floor(now() / 1000);
  const digestOf = (secret: string): Buffer => createHmac("sha256", pepper).update(secret).digest();
  const remember = (key: StoredKey): void => {
    byId.set(key.id, key);
    byName.set(key.name, key);
    byDigest.set(Buffer.from(key.digest).toString("base64"), key);
  };
  const find = (name: string): StoredKey => {
    const key = byName.get(name);
    if (key === undefined) throw new ManagerError("UnknownApiKey", `Unknown API key '${name}'`, { name });
    return key;
  };
  for (const key of catalogue.keys()) remember(key);

  return {
    list: () => Promise.resolve([...byName.values()].map(described)),
    get: async (name) => described(find(name)),
    create: async (name, role) => {
      assertKeyName(name);
      if (byName.has(name)) throw new ManagerError("DuplicateName", `An API key named '${name}' already exists`, { name });
      const secret = prefix + randomBytes(secretBytes).toString("base64url");
      const key: StoredKey = { id: randomUUID(), name, role, digest: digestOf(secret) };
      catalogue.insertKey(key);
      remember(key);
      return { ...described(key), secret };
    },
    delete: async (name) => {
      const key = find(name);
      catalogue.deleteKey(key.id);
      byId.delete(key.id);
      byName.delete(name);
      byDigest.delete(Buffer.from(key.digest).toString("base64"));
      recent.clear();
    },
    authenticate: (secret) => {
      if (!secret.startsWith(prefix) || secret.length > longestSecret) return undefined;
      const quick = hash("sha256", secret, "base64");
      const known = recent.get(quick);
      if (known !== undefined) return known;
      const digest = digestOf(secret);
      // What is looked up depends on the pepper, so the time that it takes tells nothing of a stored key.
      const key = byDigest.get(digest.toString("base64"));
      if (key === undefined || !timingSafeEqual(key.digest, digest)) return undefined;
      if (recent.size >= recentKeys) recent.clear();
      const found = described(key);
      recent.set(quick, found);
      return found;
    },
    issueToken: ({ id }, seconds) => signAccessToken({ keyId: id, issuedAt: nowSeconds(), expiresAt: nowSeconds() + seconds }, tokenSecret),
    authenticateToken: (token) => {
      const claims = readAccessToken(token, tokenSecret, nowSeconds());
      const key = claims && byId.get(claims.keyId);
      return key && described(key);
    },
  };
}

function described({ id, name, role }: StoredKey): ApiKey {
  return { id, name, role };
}

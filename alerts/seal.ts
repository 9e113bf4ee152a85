import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { SagascopeError } from "#lib/errors.ts";

const cipher = "aes-256-gcm";
const version = "v1";

const keyOf = (token: string): Buffer => Buffer.from(hkdfSync("sha256", token, "", "sagascope webhook secrets", 32));

/** Encrypts a secret with a key derived from the installation's token: `v1.<nonce>.<tag>.<text>`, each base64url. */
export function seal(secret: string, token: string): string {
  const nonce = randomBytes(12);
  const encrypt = createCipheriv(cipher, keyOf(token), nonce);
  const text = Buffer.concat([encrypt.update(secret, "utf8"), encrypt.final()]);
  return [version, ...[nonce, encrypt.getAuthTag(), text].map((part) => part.toString("base64url"))].join(".");
}

/** What was sealed with the same token; throws `CONFLICT` where it was another. */
export function unseal(sealed: string, token: string): string {
  const [, nonce, tag, text] = sealed.split(".").map((part) => Buffer.from(part, "base64url"));
  try {
    if (!nonce || !tag || !text) throw new Error("It has not four parts");
    const decrypt = createDecipheriv(cipher, keyOf(token), nonce, { authTagLength: 16 }).setAuthTag(tag);
    return Buffer.concat([decrypt.update(text), decrypt.final()]).toString("utf8");
  } catch (cause) {
    const message =
      "The webhooks' secret was sealed with another SAGASCOPE_TOKEN. Start with that token again, or make a new secret: POST /api/v1/alerts/secret.";
    throw new SagascopeError("CONFLICT", message, { cause });
  }
}

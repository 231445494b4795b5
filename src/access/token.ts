import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** Begins every token, so that one is known for what it is wherever it turns up, and scanners of secrets find it. */
const PREFIX = 'phid_';

/** A new token: 256 random bits. */
export function newToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * What is kept of a token, `sha256:` and 64 digits. A slow hash is for what people make up and others can guess: of 256 random bits
 * nobody guesses one, however quickly each try is made, and every call pays for the hash.
 */
export function tokenHash(token: string): string {
  return `sha256:${hash('sha256', token)}`;
}

export const TOKEN_HASH = /^sha256:[0-9a-f]{64}$/;

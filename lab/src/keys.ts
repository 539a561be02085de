// Ed25519 (RFC 8032) by Node's own crypto: core may not reach for it. Keys are PEM files, as openssl writes and reads them.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { isRefusal, type Refusal, type RiskSignature, refuse } from '@plimsoll/core';

/** A new key pair as PEM texts. @example newKeys().publicKey // '-----BEGIN PUBLIC KEY-----\n...' */
export function newKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

/**
 * Signs bytes with the private key of a PEM text. Refuses what is no unencrypted Ed25519 private key, naming `source`.
 * @example signBytes(content, pem, 'desk.pem') // { algorithm: 'Ed25519', publicKey: '9c01...', signature: '...' }
 */
export function signBytes(bytes: Uint8Array, pem: string, source: string): RiskSignature | Refusal {
  const key = keyOf(pem, source, createPrivateKey, 'private');
  if (isRefusal(key)) return key;
  const signature = sign(null, bytes, key).toString('hex');
  return { algorithm: 'Ed25519', publicKey: hexOf(createPublicKey(key)), signature };
}

/** The raw key, in hex, of a public (or private) key's PEM text. @example publicKeyOf(pem, 'desk.pub.pem') // '9c01...' */
export function publicKeyOf(pem: string, source: string): string | Refusal {
  const key = keyOf(pem, source, createPublicKey, 'public');
  return isRefusal(key) ? key : hexOf(key);
}

/** Whether a signature is its key's over these bytes; a key that is no point of the curve has signed nothing. */
export function isSignedBy(bytes: Uint8Array, { publicKey, signature }: RiskSignature): boolean {
  try {
    const x = Buffer.from(publicKey, 'hex').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, bytes, key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

function keyOf(
  pem: string,
  source: string,
  create: (pem: string) => KeyObject,
  kind: 'private' | 'public',
): KeyObject | Refusal {
  try {
    const key = create(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // A key that Node cannot read is refused in the same words as a key of another kind.
  }
  const mend = 'make a pair with: plimsoll risk-file keys --out NAME';
  return refuse('malformed', `This is no unencrypted Ed25519 ${kind} key in PEM; ${mend}`, source);
}

function hexOf(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url').toString('hex');
}

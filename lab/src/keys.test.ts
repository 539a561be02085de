import { utf8 } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { isSignedBy, newKeys, publicKeyOf, signBytes } from './index.ts';

// RFC 8032, section 7.1, test 2; PKCS #8 puts a fixed head before the seed.
const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const SIGNATURE =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex').toString('base64')}\n-----END PRIVATE KEY-----\n`;

describe('M-77 signatures', () => {
  it('M-77 are those of RFC 8032', () => {
    expect(signBytes(Uint8Array.of(0x72), pem, 'rfc')).toEqual({
      algorithm: 'Ed25519',
      publicKey: KEY,
      signature: SIGNATURE,
    });
    expect(publicKeyOf(pem, 'rfc')).toBe(KEY);
  });

  it('M-77 hold for their bytes and their key alone', () => {
    const { privateKey, publicKey } = newKeys();
    const signed = signBytes(utf8('content'), privateKey, 'new.pem');
    if ('kind' in signed) throw new Error(signed.message);
    expect(publicKeyOf(publicKey, 'new.pub.pem')).toBe(signed.publicKey);
    expect(isSignedBy(utf8('content'), signed)).toBe(true);
    expect(isSignedBy(utf8('content.'), signed)).toBe(false);
    expect(isSignedBy(utf8('content'), { ...signed, publicKey: KEY })).toBe(false);
    expect(isSignedBy(utf8('content'), { ...signed, publicKey: 'f'.repeat(64) })).toBe(false);
    expect(isSignedBy(utf8('content'), { ...signed, signature: '0'.repeat(128) })).toBe(false);
  });

  it('M-77 a key of another kind is refused with what to do', () => {
    expect(signBytes(utf8('content'), 'nothing', 'desk.pem')).toMatchObject({
      kind: 'refused',
      where: 'desk.pem',
      message: expect.stringContaining('plimsoll risk-file keys'),
    });
    const { publicKey } = newKeys();
    expect(signBytes(utf8('content'), publicKey, 'desk.pub.pem')).toMatchObject({ kind: 'refused' });
  });
});

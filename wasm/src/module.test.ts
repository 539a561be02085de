// What is committed is what the sources give, is small, and uses nothing that a machine may do as it likes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isRefusal } from '@plimsoll/core';
import { expect, it } from 'vitest';
import { compile, textOf } from '../build.mjs';
import { openKernel } from './index.ts';
import { KERNEL_BASE64 } from './module.ts';

it('the module that is committed is what assembly/ gives, within its budget', async () => {
  const text = readFileSync(fileURLToPath(new URL('module.ts', import.meta.url)), 'utf8');
  expect(textOf(await compile())).toBe(text);
});

it('has no relaxed SIMD, whose bits differ from machine to machine', () => {
  const bytes = Buffer.from(KERNEL_BASE64, 'base64');
  // Relaxed opcodes are 0xfd followed by 0x80..0xff 0x02 in LEB128 (0x100 to 0x1ff).
  for (let i = 0; i + 2 < bytes.length; i++) {
    const isRelaxed = bytes[i] === 0xfd && bytes[i + 1]! >= 0x80 && bytes[i + 2] === 0x02;
    expect(isRelaxed, `byte ${i}`).toBe(false);
  }
});

it('says so where it cannot be had, and the bodies in TypeScript stand', async () => {
  const { WebAssembly: real } = globalThis;
  try {
    Object.defineProperty(globalThis, 'WebAssembly', { value: undefined, configurable: true });
    const refused = await openKernel();
    expect(isRefusal(refused) && refused.reason).toBe('not-supported');
    expect(isRefusal(refused) && refused.message).toContain('TypeScript');
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', { value: real, configurable: true });
  }
});

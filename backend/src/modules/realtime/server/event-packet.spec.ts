import { describe, expect, it } from '@jest/globals';
import { textFrame } from './event-packet.js';

describe('a frame', () => {
  it('says how long its text is in as many bytes as the protocol wants', () => {
    const header = (text: string) => [...textFrame(text).subarray(0, textFrame(text).length - Buffer.byteLength(text))];
    expect(header('')).toEqual([0x81, 0]);
    expect(header('x'.repeat(125))).toEqual([0x81, 125]);
    expect(header('x'.repeat(126))).toEqual([0x81, 126, 0, 126]);
    expect(header('x'.repeat(65_535))).toEqual([0x81, 126, 0xff, 0xff]);
    expect(header('x'.repeat(65_536))).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    // Bytes, not characters.
    expect(header('é'.repeat(63))).toEqual([0x81, 126, 0, 126]);
    expect(textFrame('4é').subarray(2).toString()).toBe('4é');
  });
});

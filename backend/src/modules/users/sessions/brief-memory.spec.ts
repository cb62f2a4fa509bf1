import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { BriefMemory } from './brief-memory.js';

describe('BriefMemory', () => {
  afterEach(() => void jest.useRealTimers());

  it('asks once for those who ask at the same time, and again when the answer may be older than a second', async () => {
    jest.useFakeTimers();
    const ask = jest.fn(async (key: string) => ({ key }));
    const memory = new BriefMemory(ask);
    await Promise.all([memory.get('a'), memory.get('a'), memory.get('b')]);
    expect(ask).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(899);
    await memory.get('a');
    expect(ask).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(1);
    await memory.get('a');
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('remembers that there is nothing, and forgets when told', async () => {
    const ask = jest.fn(async () => null);
    const memory = new BriefMemory(ask);
    await expect(memory.get('a')).resolves.toBeNull();
    await memory.get('a');
    expect(ask).toHaveBeenCalledTimes(1);
    memory.forget('a');
    await memory.get('a');
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('does not remember a failure', async () => {
    const ask = jest.fn(async () => ({ found: true }));
    ask.mockRejectedValueOnce(new Error('no connection'));
    const memory = new BriefMemory(ask);
    await expect(memory.get('a')).rejects.toThrow('no connection');
    await expect(memory.get('a')).resolves.toEqual({ found: true });
  });

  it('does not let an older failure remove a newer answer', async () => {
    let fail: (error: Error) => void = () => undefined;
    const slow = new Promise<{ found: boolean } | null>((_, reject) => (fail = reject));
    const answers = [slow, Promise.resolve({ found: true })];
    const ask = jest.fn(() => answers.shift() ?? Promise.resolve(null));
    const memory = new BriefMemory(ask);
    const first = memory.get('a');
    memory.forget('a');
    await memory.get('a');
    fail(new Error('late'));
    await expect(first).rejects.toThrow('late');
    await expect(memory.get('a')).resolves.toEqual({ found: true });
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

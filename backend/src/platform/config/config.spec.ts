import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkEnvironment, configClass, InvalidSettings, readConfig, setting } from './config.js';
import { InstanceConfig } from './instance.config.js';
import { flag, list, port, url, whole } from './types.js';

class SampleConfig extends configClass('sample', {
  port: setting('SIGNALBOX_SAMPLE_PORT', port(25), 'The port.'),
  count: setting('SIGNALBOX_SAMPLE_COUNT', whole(3, 1, 9), 'The count.'),
  at: setting('SIGNALBOX_SAMPLE_URL', url('http', 'https').optional(), 'The address.'),
  names: setting('SIGNALBOX_SAMPLE_NAMES', list(), 'The names.'),
  on: setting('SIGNALBOX_SAMPLE_ON', flag(false), 'The switch.'),
}) {}

describe('configuration', () => {
  it('takes defaults for what is absent or empty', () => {
    const config = readConfig(SampleConfig, { SIGNALBOX_SAMPLE_PORT: ' ', SIGNALBOX_SAMPLE_COUNT: undefined });
    expect({ ...config }).toEqual({ port: 25, count: 3, at: undefined, names: [], on: false });
  });

  it('reads typed values', () => {
    const config = readConfig(SampleConfig, {
      SIGNALBOX_SAMPLE_PORT: '8080',
      SIGNALBOX_SAMPLE_URL: 'https://a.example/x',
      SIGNALBOX_SAMPLE_NAMES: 'a, b,,c',
      SIGNALBOX_SAMPLE_ON: 'true',
    });
    expect({ ...config }).toEqual({
      port: 8080,
      count: 3,
      at: 'https://a.example/x',
      names: ['a', 'b', 'c'],
      on: true,
    });
  });

  it('reports every fault at once, naming the variable and what would be right', () => {
    const read = () =>
      readConfig(SampleConfig, {
        SIGNALBOX_SAMPLE_PORT: '70000',
        SIGNALBOX_SAMPLE_COUNT: 'many',
        SIGNALBOX_SAMPLE_URL: 'ftp://x',
        SIGNALBOX_SAMPLE_ON: 'yes',
      });
    expect(read).toThrow(InvalidSettings);
    try {
      read();
    } catch (error) {
      const { faults } = error as InvalidSettings;
      expect(faults).toHaveLength(4);
      expect(faults[0]).toContain('SIGNALBOX_SAMPLE_PORT: must be a port number from 0 to 65535');
      expect(faults[1]).toContain('SIGNALBOX_SAMPLE_COUNT: must be a whole number from 1 to 9');
      expect(faults[2]).toContain('must be a URL that starts with http:// or https://');
      expect(faults[3]).toContain('must be true or false');
    }
  });

  it('names a setting that does not exist', () => {
    expect(() => checkEnvironment({ SIGNALBOX_SAMPEL_PORT: '1' })).toThrow(
      'SIGNALBOX_SAMPEL_PORT: there is no such setting',
    );
  });

  it('refuses two rooms of one name and two settings of one variable', () => {
    expect(() => configClass('sample', {})).toThrow('Two configurations are named "sample"');
    const again = { x: setting('SIGNALBOX_SAMPLE_PORT', z.string(), 'Again.') };
    expect(() => configClass('another', again)).toThrow('SIGNALBOX_SAMPLE_PORT is declared by two rooms');
  });

  it('knows which roles a process plays and where people reach it', () => {
    const all = readConfig(InstanceConfig, {});
    expect(['api', 'readers'].map((r) => all.plays(r as 'api'))).toEqual([true, true]);
    expect(all.origin).toBe('http://localhost:3000');
    const one = readConfig(InstanceConfig, { SIGNALBOX_ROLES: 'api', SIGNALBOX_PUBLIC_URL: 'https://box.example/' });
    expect([one.plays('api'), one.plays('readers'), one.origin]).toEqual([true, false, 'https://box.example']);
    expect(() => readConfig(InstanceConfig, { SIGNALBOX_ROLES: 'chef' })).toThrow('must be a comma-separated choice');
  });
});

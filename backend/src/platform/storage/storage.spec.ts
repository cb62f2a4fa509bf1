import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '#platform/config/index.js';
import { FileMissing, LocalStorage, type Storage, StorageConfig } from './index.js';
import { S3Storage } from './s3-storage.js';

const dir = mkdtempSync(join(tmpdir(), 'signalbox-files-'));
let server: Server;
let s3: Storage;
let started = 0;
/** Keys of uploads that were broken off. */
const aborted: string[] = [];

/** A bucket in memory that speaks the few calls of S3's REST protocol that a file store needs. */
function bucket(): Server {
  const files = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname);
    if (!/^AWS4-HMAC-SHA256 Credential=key\//.test(request.headers.authorization ?? ''))
      return response.writeHead(403).end();
    const xml = (text: string) => response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
    const upload = url.searchParams.get('uploadId');
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      const id = `upload-${++started}`;
      uploads.set(id, new Map());
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (request.method === 'POST' && upload) {
      const parts = [...(uploads.get(upload) ?? [])].sort(([a], [b]) => a - b);
      files.set(key, Buffer.concat(parts.map(([, bytes]) => bytes)));
      uploads.delete(upload);
      return request.resume().on('end', () => xml('<CompleteMultipartUploadResult/>'));
    }
    if (request.method === 'DELETE' && upload) {
      uploads.delete(upload);
      aborted.push(key);
      return response.writeHead(204).end();
    }
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      return request.on('end', () => {
        const part = Number(url.searchParams.get('partNumber'));
        if (upload) uploads.get(upload)?.set(part, Buffer.concat(chunks));
        else files.set(key, Buffer.concat(chunks));
        response.writeHead(200, { etag: '"1"' }).end();
      });
    }
    if (request.method === 'DELETE') {
      files.delete(key);
      return response.writeHead(204).end();
    }
    if (url.searchParams.get('list-type') === '2') {
      const prefix = `${key.replace(/\/$/, '')}/${url.searchParams.get('prefix')}`;
      const after = url.searchParams.get('continuation-token') ?? '';
      const keys = [...files.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
      const [page, more] = [keys.slice(0, 2), keys.length > 2];
      const contents = page.map((name) => `<Contents><Key>${name.split('/').slice(2).join('/')}</Key></Contents>`);
      const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
      const body = `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`;
      return response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
    }
    const file = files.get(key);
    const error = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>';
    if (!file)
      return response.writeHead(404, { 'content-type': 'application/xml' }).end(request.method === 'HEAD' ? '' : error);
    return response.writeHead(200, { 'content-length': file.length }).end(request.method === 'HEAD' ? '' : file);
  });
}

beforeAll(async () => {
  server = bucket();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = readConfig(StorageConfig, {
    S3_BUCKET: 'box',
    S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
    S3_PATH_STYLE: 'true',
  });
  s3 = await S3Storage.connect({ ...config, bucket: 'box' });
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

async function keysOf(list: AsyncIterable<string>): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of list) keys.push(key);
  return keys;
}

describe.each([
  ['a folder', (): Storage => new LocalStorage(dir)],
  ['an S3 bucket', (): Storage => s3],
])('files in %s', (_name, store) => {
  it('keeps bytes under a key, replaces and removes them', async () => {
    const files = store();
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    await files.put('messages/ab/one.eml', bytes, { contentType: 'message/rfc822' });
    expect(await files.get('messages/ab/one.eml')).toEqual(bytes);
    expect(await files.exists('messages/ab/one.eml')).toBe(true);
    await files.put('messages/ab/one.eml', Buffer.from('two'));
    expect((await files.get('messages/ab/one.eml')).toString()).toBe('two');
    await files.delete('messages/ab/one.eml');
    expect(await files.exists('messages/ab/one.eml')).toBe(false);
    await files.delete('messages/ab/one.eml');
  });

  it('lists what stands under a prefix, over pages and levels, and nothing else', async () => {
    const files = store();
    const inside = ['list/a.eml', 'list/b/c.eml', 'list/b/d/e.eml', 'list/b/d/f.eml', 'list/g.eml'];
    for (const key of [...inside, 'listed.eml', 'other/list/a.eml']) await files.put(key, Buffer.from('x'));
    expect((await keysOf(files.list('list'))).sort()).toEqual(inside);
    expect(await keysOf(files.list('nothing/here'))).toEqual([]);
    await expect(keysOf(files.list('../list'))).rejects.toThrow('is not a file key');
  });

  it.each([0, 1, 3_000_000, 8 * 1024 * 1024, 21_000_000])('writes %d bytes as they come', async (size) => {
    const files = store();
    const whole = Buffer.alloc(size, 'signalbox ');
    const chunks = async function* () {
      for (let at = 0; at < size; at += 1_000_003) yield whole.subarray(at, Math.min(size, at + 1_000_003));
    };
    expect(await files.write('exports/one.zip', chunks(), { contentType: 'application/zip' })).toBe(size);
    expect((await files.get('exports/one.zip')).equals(whole)).toBe(true);
    await files.delete('exports/one.zip');
  });

  it.each([1_000, 20_000_000])('keeps nothing of what breaks off after %d bytes', async (size) => {
    const files = store();
    const chunks = async function* () {
      yield Buffer.alloc(size);
      throw new Error('The source is gone.');
    };
    await expect(files.write('exports/broken.zip', chunks())).rejects.toThrow('The source is gone.');
    expect(await files.exists('exports/broken.zip')).toBe(false);
    const left: string[] = [];
    for await (const key of files.list('exports')) left.push(key);
    expect(left).toEqual([]);
  });

  it('says which file is missing', async () => {
    await expect(store().get('no/such.eml')).rejects.toThrow(FileMissing);
    await expect(store().stream('no/such.eml')).rejects.toThrow('There is no file "no/such.eml".');
  });

  it.each(['../x', 'a/../b', '/etc/passwd', 'a//b', '', 'a\u0000b', '.hidden', 'a/'.repeat(300)])(
    'refuses the key %j',
    async (key) => {
      await expect(store().put(key, Buffer.from('x'))).rejects.toThrow('is not a file key');
    },
  );
});

it('leaves no half-written file in a folder', async () => {
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => new LocalStorage(dir).put('race/same', Buffer.from(`writer ${i}`))),
  );
  expect(readdirSync(join(dir, 'race'))).toEqual(['same']);
});

it('ends the upload of a file that broke off', () => {
  expect(aborted).toEqual(['/box/exports/broken.zip']);
});

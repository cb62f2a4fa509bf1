import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { DataFile } from '#platform/personal-data/index.js';

const CHUNK = 64 * 1024;

/**
 * A ZIP of JSON files, made while it is read: a file's rows are asked for as fast as the reader takes the bytes, so that an
 * archive of any size fits into little memory.
 *
 * @param readme the text of the file that explains the others
 * @param signal ends it: the stream breaks off with the signal's reason
 */
export function archiveOf(files: readonly DataFile[], readme: string, signal: AbortSignal): Readable {
  const zip = new ZipFile();
  const archive = zip.outputStream as Readable;
  const mtime = new Date();
  const fail = (error: Error) => archive.destroy(error);
  zip.on('error', fail);
  let current: Readable | undefined;
  zip.addBuffer(Buffer.from(readme), 'README.txt', { mtime });
  for (const file of files)
    zip.addReadStreamLazy(`${file.path}.json`, { mtime }, (give) => {
      const json = Readable.from(
        jsonOf(file, () => archive.destroyed),
        { objectMode: false },
      );
      json.on('error', fail);
      current = json;
      give(null, json);
    });
  zip.end();
  const stop = () => fail(signal.reason as Error);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  archive.once('close', () => {
    signal.removeEventListener('abort', stop);
    current?.destroy();
  });
  return archive;
}

/** A JSON array with a line a row, gathered into chunks. Nothing more is read once nobody wants it. */
async function* jsonOf(file: DataFile, unwanted: () => boolean): AsyncGenerator<Buffer> {
  if (unwanted()) return;
  let text = '[';
  let first = true;
  for await (const row of file.rows()) {
    if (unwanted()) return;
    text += `${first ? '\n' : ',\n'}  ${JSON.stringify(row)}`;
    first = false;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}${first ? '' : '\n'}]\n`);
}

const FROM_LINE = /^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? /;
const FIRST_LINE = /^From \S/;
const QUOTED_FROM = /^>+From /;

/** So many lines are put together at once: an object a line would take many times the memory of the message. */
const LINES_A_BLOCK = 4096;

/** One message of an mbox that is too large is told of by this instead of its bytes. */
export type MboxPart = { raw: Buffer } | { tooLarge: true };

/**
 * Splits an mbox (mboxrd, RFC 4155) into raw messages while it is being read: no more than one message is held in memory.
 * A message starts at a `From ` line that is the first or follows an empty one; `>From ` is unquoted.
 *
 * @param limit the most bytes a message may have
 */
export async function* splitMbox(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<MboxPart> {
  let blocks: Buffer[] = [];
  let lines: Buffer[] = [];
  let size = 0;
  let inside = false;
  let blank = true;
  const finish = (): MboxPart | undefined => {
    const part: MboxPart | undefined =
      !inside || size === 0
        ? undefined
        : size > limit
          ? { tooLarge: true }
          : { raw: Buffer.concat([...blocks, ...lines]) };
    [blocks, lines, size] = [[], [], 0];
    return part;
  };
  for await (const line of linesOf(chunks, limit)) {
    const text = line.subarray(0, 200).toString('latin1');
    if (inside ? blank && FROM_LINE.test(text) : blank && FIRST_LINE.test(text)) {
      const part = finish();
      if (part) yield part;
      inside = true;
    } else if (inside) {
      const kept = QUOTED_FROM.test(text) ? line.subarray(1) : line;
      size += kept.length;
      if (size > limit) [blocks, lines] = [[], []];
      else if (lines.push(kept) >= LINES_A_BLOCK) {
        blocks.push(Buffer.concat(lines));
        lines = [];
      }
    }
    blank = text === '\n' || text === '\r\n';
  }
  const part = finish();
  if (part) yield part;
}

/** Lines with their ends. One longer than the limit is cut into pieces, so that it cannot grow without measure. */
async function* linesOf(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end + 1)]);
      [rest, length, start] = [[], 0, end + 1];
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      length += chunk.length - start;
    }
    if (length > limit) {
      yield Buffer.concat(rest);
      [rest, length] = [[], 0];
    }
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { DomainError, PayloadTooLarge, ValidationFailed } from '#platform/errors/index.js';

/**
 * The parts of a multipart request, as they arrive. A file must be read, or drained, before the next part comes.
 *
 * @throws ValidationFailed when the form is broken or ends too early; what Fastify's plugin refuses (no form, too many parts)
 */
export async function* formParts(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts();
  } catch (error) {
    throw formFault(error);
  }
}

/**
 * The bytes of a file in a form, to their end.
 *
 * @throws PayloadTooLarge after the last byte that fits, when the file is larger than the instance accepts
 * @throws ValidationFailed when the form ends within the file
 */
export async function* fileBytes({ file }: MultipartFile): AsyncGenerator<Buffer> {
  try {
    yield* file as AsyncIterable<Buffer>;
  } catch (error) {
    throw formFault(error);
  }
  if (file.truncated) throw new PayloadTooLarge('The file is larger than this instance accepts.');
}

/** The parser throws plain errors without a code; those of the plugin have one, and stay what they are. */
function formFault(error: unknown): unknown {
  const coded = typeof (error as { code?: unknown } | null)?.code === 'string';
  if (coded || error instanceof DomainError || !(error instanceof Error)) return error;
  return new ValidationFailed('The form is broken: it ends too early, or a part of it has no proper beginning.', {
    errors: [{ path: '/body', message: 'is no complete multipart/form-data' }],
    cause: error,
  });
}

import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { assertKey, FileMissing, Storage } from './storage.js';
import type { StorageConfig } from './storage.config.js';

type Sdk = typeof import('@aws-sdk/client-s3');

/** S3 takes at most 10,000 parts of at least 5 MB: files of up to 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Files in an S3 bucket, or in any service that speaks its protocol. */
export class S3Storage extends Storage {
  private constructor(
    private readonly sdk: Sdk,
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {
    super();
  }

  /** Loads the SDK (only instances that use it pay for it) and makes the client. */
  static async connect(config: StorageConfig & { bucket: string }): Promise<S3Storage> {
    const sdk = await import('@aws-sdk/client-s3');
    const { accessKeyId, secretAccessKey } = config;
    const client = new sdk.S3Client({
      region: config.region,
      forcePathStyle: config.pathStyle,
      ...(config.endpoint ? { endpoint: config.endpoint } : {}),
      ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    });
    return new S3Storage(sdk, client, config.bucket);
  }

  override async put(key: string, bytes: Buffer, options: { contentType?: string } = {}): Promise<void> {
    await this.client.send(
      new this.sdk.PutObjectCommand({ ...this.at(key), Body: bytes, ContentType: options.contentType }),
    );
  }

  override async write(
    key: string,
    bytes: AsyncIterable<Uint8Array>,
    options: { contentType?: string } = {},
  ): Promise<number> {
    const parts = partsOf(bytes);
    const { value: first, done } = await parts.next();
    const small = done || first.length < PART_BYTES;
    if (!small) return this.writeParts(key, first, parts, options);
    await this.put(key, first ?? Buffer.alloc(0), options);
    return first?.length ?? 0;
  }

  /** A multipart upload, which appears when it is complete. What a killed process leaves is for the bucket's own rules. */
  private async writeParts(
    key: string,
    first: Buffer,
    rest: AsyncIterable<Buffer>,
    options: { contentType?: string },
  ): Promise<number> {
    const { CreateMultipartUploadCommand, UploadPartCommand, CompleteMultipartUploadCommand } = this.sdk;
    const created = new CreateMultipartUploadCommand({ ...this.at(key), ContentType: options.contentType });
    const { UploadId } = await this.client.send(created);
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      let size = 0;
      const upload = async (Body: Buffer) => {
        const PartNumber = Parts.length + 1;
        const part = new UploadPartCommand({ ...this.at(key), UploadId, PartNumber, Body });
        const { ETag } = await this.client.send(part);
        Parts.push({ PartNumber, ETag });
        size += Body.length;
      };
      await upload(first);
      for await (const part of rest) await upload(part);
      const MultipartUpload = { Parts };
      await this.client.send(new CompleteMultipartUploadCommand({ ...this.at(key), UploadId, MultipartUpload }));
      return size;
    } catch (error) {
      await this.client.send(new this.sdk.AbortMultipartUploadCommand({ ...this.at(key), UploadId }));
      throw error;
    }
  }

  override async get(key: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.stream(key)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  override async stream(key: string): Promise<Readable> {
    try {
      const found = await this.client.send(new this.sdk.GetObjectCommand(this.at(key)));
      return found.Body as Readable;
    } catch (error) {
      if (error instanceof this.sdk.NoSuchKey) throw new FileMissing(key);
      throw error;
    }
  }

  override async exists(key: string): Promise<boolean> {
    try {
      await this.client.send(new this.sdk.HeadObjectCommand(this.at(key)));
      return true;
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return false;
      throw error;
    }
  }

  override async *list(prefix: string): AsyncGenerator<string> {
    const { Bucket } = this.at(prefix);
    for (let ContinuationToken: string | undefined, first = true; first || ContinuationToken; first = false) {
      const asked = { Bucket, Prefix: `${prefix}/`, ContinuationToken };
      const page = await this.client.send(new this.sdk.ListObjectsV2Command(asked));
      for (const { Key } of page.Contents ?? []) if (Key) yield Key;
      ContinuationToken = page.NextContinuationToken;
    }
  }

  override async delete(key: string): Promise<void> {
    await this.client.send(new this.sdk.DeleteObjectCommand(this.at(key)));
  }

  private at(key: string): { Bucket: string; Key: string } {
    assertKey(key);
    return { Bucket: this.bucket, Key: key };
  }
}

/** Gathers chunks into parts of one size; the last may be smaller, and there is none when there are no bytes. */
async function* partsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    size += chunk.byteLength;
    if (size < PART_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
  return undefined;
}

import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { assertKey, FileMissing, Storage } from './storage.js';
import type { StorageConfig } from './storage.config.js';

type Sdk = typeof import('@aws-sdk/client-s3');

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

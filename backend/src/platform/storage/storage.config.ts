import { z } from 'zod';
import { Config, configClass, flag, setting, url } from '#platform/config/index.js';

/** Where files are kept: the data folder, or an S3 bucket when S3_BUCKET is set. */
@Config
export class StorageConfig extends configClass('storage', {
  bucket: setting(
    'S3_BUCKET',
    z.string().min(3).optional(),
    'The S3 bucket that keeps files; the data folder when absent.',
  ),
  endpoint: setting(
    'S3_ENDPOINT',
    url('http', 'https').optional(),
    "The address of an S3-compatible service; Amazon's own when absent.",
  ),
  region: setting('S3_REGION', z.string().default('us-east-1'), 'The region of the bucket.'),
  accessKeyId: setting('S3_ACCESS_KEY_ID', z.string().optional(), 'The access key of the bucket.', true),
  secretAccessKey: setting('S3_SECRET_ACCESS_KEY', z.string().optional(), 'The secret of the access key.', true),
  pathStyle: setting('S3_PATH_STYLE', flag(false), 'Whether the bucket is named in the path, as MinIO wants it.'),
}) {}

import { Injectable } from '@nestjs/common';
import { Storage } from '#platform/storage/index.js';

/** Where the exports of people stand: a folder a person, in it one an export, in it one archive an attempt. */
const FOLDER = 'exports';

/** The archives of exports in the storage. */
@Injectable()
export class ExportFiles {
  constructor(private readonly storage: Storage) {}

  /** The key of the archive that one attempt writes: two attempts never write the same file. */
  key({ userId, id }: { userId: string; id: string }, attempt: number): string {
    return `${FOLDER}/${userId}/${id}/${attempt}.zip`;
  }

  /** Removes every file of one export, what killed attempts left half-written included. */
  clear({ userId, id }: { userId: string; id: string }): Promise<void> {
    return this.remove(`${FOLDER}/${userId}/${id}`);
  }

  /** The same for all exports of a person. */
  clearAll(userId: string): Promise<void> {
    return this.remove(`${FOLDER}/${userId}`);
  }

  private async remove(prefix: string): Promise<void> {
    for await (const key of this.storage.list(prefix)) await this.storage.delete(key);
  }
}

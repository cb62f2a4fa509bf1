import { Injectable } from '@nestjs/common';

/** A person whose data is exported or erased. */
export interface DataSubject {
  readonly id: string;
  /** The addresses that they had, the present one first. */
  readonly addresses: readonly string[];
}

/** One file of the export of a person's data: a JSON array. */
export interface DataFile {
  /** Its place in the archive, without an extension: `subscriptions/deliveries`. */
  readonly path: string;
  /** One sentence on what stands in it. */
  readonly about: string;
  /** Its elements, a few hundred read at a time, so that a long life fits into little memory. */
  rows(): AsyncIterable<object>;
}

/** What a room holds of people. Each part may run again after a crash in the middle of it. */
export interface HoldsPersonalData {
  /** The room's name. */
  readonly room: string;
  /** What the room gives a person who asks for their data; never a secret, and nothing about others. */
  files?(person: DataSubject): DataFile[];
  /**
   * Erases what the room holds of a person, in transactions of its own and in batches. Rows that refer to the account go with
   * it; what is outside the database, in the log, or in great numbers is the room's business.
   */
  erase?(person: DataSubject, signal: AbortSignal): Promise<void>;
  /** Erases what the room holds of a workspace that goes, likewise. Nobody is in it any more. */
  eraseWorkspace?(workspaceId: string, signal: AbortSignal): Promise<void>;
}

/** Who holds what of people: rooms register at boot, so that the room of accounts imports none of them. */
@Injectable()
export class PersonalData {
  private readonly registered = new Map<string, HoldsPersonalData>();

  /** @throws Error when the room has registered already: a fault of the developer */
  register(holder: HoldsPersonalData): void {
    if (this.registered.has(holder.room)) throw new Error(`The room "${holder.room}" registers personal data twice.`);
    this.registered.set(holder.room, holder);
  }

  /** Every room that holds something, in the order of their names. */
  holders(): HoldsPersonalData[] {
    return [...this.registered.values()].sort((a, b) => (a.room < b.room ? -1 : 1));
  }
}

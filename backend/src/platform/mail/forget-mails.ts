import { affected, type EntityManager } from '#platform/database/index.js';

const FORGET = `
  delete from preview_mail where exists (
    select from unnest(recipients) as r where lower(coalesce(substring(r from '<([^<>]*)>$'), r)) = any($1::text[]))`;

/** Removes the mails to some addresses from the preview mailbox, inside the caller's transaction. @returns how many */
export function forgetMails(em: EntityManager, addresses: readonly string[]): Promise<number> {
  return affected(em, FORGET, [addresses.map((address) => address.toLowerCase())]);
}

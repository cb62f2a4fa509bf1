// Secrets that a spec plants in a running application, and every form in which one of them could lie about.
import { randomBytes } from 'node:crypto';

/** Where a secret may be read by design. */
export interface ShownBy {
  /** Requests whose own answer shows it, such as `POST /sessions`. */
  answers?: string[];
  /** True for what the log is meant to say. */
  log?: boolean;
  /** Files of the data folder, by the beginning of their path. */
  files?: string;
}

/** A text that nothing else contains. */
export const distinct = (what: string): string => `Planted-${what}-${randomBytes(9).toString('hex')}`;

/** What was planted so far. */
export class Planted {
  private readonly secrets: { name: string; forms: string[]; shown: ShownBy }[] = [];

  /** Notes a secret. @returns it */
  note(name: string, secret: string, shown: ShownBy = {}): string {
    if (secret.length < 6) throw new Error(`${name} is too short to be found for sure.`);
    const bytes = Buffer.from(secret);
    const forms = [
      secret,
      encodeURIComponent(secret),
      bytes.toString('hex'),
      // Without the ends, which depend on what stands around it.
      bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
      bytes.toString('base64url').slice(0, -1),
    ];
    this.secrets.push({ name, forms: [...new Set(forms)], shown });
    return secret;
  }

  get names(): string[] {
    return this.secrets.map(({ name }) => name);
  }

  /** The names of the secrets that a text holds in any form. @param allowed tells those that may be there */
  within(text: string, allowed: (shown: ShownBy) => boolean = () => false): string[] {
    return this.secrets
      .filter(({ forms, shown }) => !allowed(shown) && forms.some((form) => text.includes(form)))
      .map(({ name }) => name);
  }
}

import { applyWhen, type FieldTree, form, max, min, required } from '@angular/forms/signals';
import { type WritableSignal } from '@angular/core';
import type { Body, sourcesCreate } from '../../api';
import type { Source, SourceKind } from '../source-kinds';

/** What the form of a source holds, whatever its kind; laid out as the server names it, so that its words find their fields. */
export interface SourceModel {
  name: string;
  signIn: 'password' | 'oauth';
  settings: {
    url: string;
    intervalMinutes: number;
    host: string;
    port: number;
    security: 'tls' | 'starttls' | 'none';
    user: string;
    mailbox: string;
    /** Days; empty for everything. */
    lookbackDays: string;
    oauth: { tokenUrl: string; clientId: string; scope: string };
  };
  credentials: { password: string; refreshToken: string; clientSecret: string };
}

/** The form as it is for a new source, or filled from one. Credentials are never told: empty leaves them as they are. */
export function modelOf(source?: Source): SourceModel {
  const had = (source?.settings ?? {}) as Partial<Record<string, unknown>> & { oauth?: Record<string, string> };
  const text = (name: string, otherwise = '') => (typeof had[name] === 'string' ? had[name] : otherwise);
  const count = (name: string, otherwise: number) => (typeof had[name] === 'number' ? had[name] : otherwise);
  return {
    name: source?.name ?? '',
    signIn: had.oauth ? 'oauth' : 'password',
    settings: {
      url: text('url'),
      intervalMinutes: count('intervalMinutes', 15),
      host: text('host'),
      port: count('port', 993),
      security: text('security', 'tls') as 'tls',
      user: text('user'),
      mailbox: text('mailbox', 'INBOX'),
      lookbackDays: had['lookbackDays'] === null ? '' : String(count('lookbackDays', 30)),
      oauth: {
        tokenUrl: had.oauth?.['tokenUrl'] ?? '',
        clientId: had.oauth?.['clientId'] ?? '',
        scope: had.oauth?.['scope'] ?? '',
      },
    },
    credentials: { password: '', refreshToken: '', clientSecret: '' },
  };
}

/** The form with what can be checked before it is sent. */
export function sourceForm(
  model: WritableSignal<SourceModel>,
  kind: () => SourceKind,
  isNew: boolean,
): FieldTree<SourceModel> {
  return form(model, (path) => {
    const { settings, credentials } = path;
    required(path.name, { message: $localize`A name is needed, to tell it from others.` });
    applyWhen(
      settings,
      () => kind() === 'feed',
      (feed) => {
        required(feed.url, { message: $localize`The address of the feed is needed.` });
        min(feed.intervalMinutes, 1, { message: $localize`At least a minute.` });
        max(feed.intervalMinutes, 10_080, { message: $localize`At most a week (10,080 minutes).` });
      },
    );
    applyWhen(
      settings,
      () => kind() === 'imap',
      (mail) => {
        required(mail.host, { message: $localize`The name of the mail server is needed.` });
        required(mail.user, { message: $localize`The name to sign in with is needed.` });
        required(mail.mailbox, { message: $localize`The folder is needed; INBOX is the usual one.` });
      },
    );
    const asked = (signIn: SourceModel['signIn']) => () => isNew && kind() === 'imap' && model().signIn === signIn;
    required(credentials.password, { when: asked('password'), message: $localize`The password is needed.` });
    required(credentials.refreshToken, { when: asked('oauth'), message: $localize`The refresh token is needed.` });
  });
}

type NewSource = Exclude<Body<typeof sourcesCreate>, undefined>;

/** The settings of a kind, as the server takes them. */
export function settingsOf(kind: SourceKind, { settings, signIn }: SourceModel): Record<string, unknown> {
  if (kind === 'feed') return { url: settings.url.trim(), intervalMinutes: settings.intervalMinutes };
  if (kind !== 'imap') return {};
  const { host, port, security, user, mailbox, lookbackDays, oauth } = settings;
  return {
    host: host.trim(),
    port,
    security,
    user: user.trim(),
    mailbox,
    lookbackDays: lookbackDays === '' ? null : Number(lookbackDays),
    ...(signIn === 'oauth' && {
      oauth: {
        tokenUrl: oauth.tokenUrl.trim(),
        clientId: oauth.clientId.trim(),
        ...(oauth.scope.trim() && { scope: oauth.scope.trim() }),
      },
    }),
  };
}

/** What it is opened with; undefined when nothing was typed. */
export function credentialsOf({ credentials, signIn }: SourceModel): Record<string, string> | undefined {
  const { password, refreshToken, clientSecret } = credentials;
  const given = signIn === 'oauth' ? { refreshToken, clientSecret } : { password };
  const typed = Object.entries(given).filter(([, text]) => text !== '');
  return typed.length > 0 ? Object.fromEntries(typed) : undefined;
}

/** The request that adds it. */
export function newSource(kind: SourceKind, model: SourceModel): NewSource {
  return {
    kind,
    name: model.name.trim(),
    settings: settingsOf(kind, model),
    ...(kind === 'imap' && { credentials: credentialsOf(model) ?? {} }),
  } as NewSource;
}

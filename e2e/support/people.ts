// People for tests: each test has its own, with a workspace of their own, so that none sees another's.
import { randomBytes } from 'node:crypto';
import { Api, type Made, signIn } from './api.js';
import { mailTo } from './mail.js';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Asks as this person. */
  readonly api: Api;
  /** A workspace that they own. */
  readonly workspaceId: string;
  readonly workspace: string;
}

const PASSWORD = 'seven slow boats at dawn';

/** Signs somebody up, the whole way: sign-up, link in the mail, first workspace. @param owner who operates the instance */
export async function signUp(owner: Api): Promise<Person> {
  const id = randomBytes(4).toString('hex');
  const [name, email, workspace] = [`Nia ${id}`, `nia-${id}@example.com`, `Team ${id}`];
  await new Api().post('/registrations', {
    name,
    email,
    password: PASSWORD,
    locale: 'en-US',
    timeZone: 'Europe/Berlin',
    transport: 'body',
  });
  const { text } = await mailTo(owner, email);
  const token = /verify-email[^\s]*?token=([^\s&]+)/.exec(text)?.[1];
  if (!token) throw new Error(`No link in: ${text}`);
  await new Api().post('/email-verifications/completion', { token: decodeURIComponent(token) });
  const api = await signIn({ email, password: PASSWORD });
  const { id: workspaceId } = await api.post<Made>('/workspaces', { name: workspace });
  return { name, email, password: PASSWORD, api, workspaceId, workspace };
}

/** Adds a person to another's workspace. */
export async function join(host: Person, guest: Person, owner: Api, role = 'admin'): Promise<void> {
  await host.api.post(`/workspaces/${host.workspaceId}/invitations`, { email: guest.email, role });
  const { text } = await mailTo(owner, guest.email, new RegExp(host.workspace));
  const token = /invitation[^\s]*?token=([^\s&]+)/.exec(text)?.[1];
  if (!token) throw new Error(`No link in: ${text}`);
  await guest.api.post('/invitations/acceptance', { token: decodeURIComponent(token) });
}

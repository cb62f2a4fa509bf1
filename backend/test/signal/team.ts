// Sets up a team through the API of a running process: what a person would do in a browser.
import type { AppProcess } from './app-process.js';

/** A signed-in person with a workspace. */
export interface Team {
  readonly workspaceId: string;
  readonly token: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** Calls the API. @throws Error on any answer that is no success */
export async function callApi<T>(url: string, token: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Signs the first owner up. */
export async function firstTeam(app: AppProcess): Promise<Team> {
  const { session } = await callApi<{ session: { accessToken: string } }>(app.url, '', 'POST', '/registrations', {
    email: 'owner@example.com',
    name: 'Owner',
    password: 'correct horse battery staple',
    setupCode: app.setupCode,
    workspaceName: 'Signals',
  });
  const token = session.accessToken;
  const { items } = await callApi<{ items: { id: string }[] }>(app.url, token, 'GET', '/workspaces');
  const workspaceId = items[0]?.id ?? '';
  const call: Team['call'] = (method, path, body) =>
    callApi(app.url, token, method, `/workspaces/${workspaceId}${path}`, body);
  return { workspaceId, token, call };
}

/** Invites somebody, who follows the link in the mail and signs up. @returns their token */
export async function joinTeam(
  url: string,
  team: Team,
  email: string,
  linkIn: (email: string) => Promise<string>,
): Promise<string> {
  await team.call('POST', '/invitations', { email, role: 'member' });
  const { session } = await callApi<{ session: { accessToken: string } }>(url, '', 'POST', '/registrations', {
    email,
    name: email.split('@')[0],
    password: 'another horse battery staple',
    invitation: await linkIn(email),
  });
  return session.accessToken;
}

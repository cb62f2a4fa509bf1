/** How a client shows that it is itself at the token endpoint. */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** An issuer that people may sign in at, as the settings say. */
export interface SignInProvider {
  /** Part of the callback's address: letters, digits, dashes. */
  id: string;
  /** What people call it. */
  name: string;
  /** The preset it was made of, for its picture. */
  preset: 'google' | 'linkedin' | 'github' | null;
  /** OpenID Connect, or GitHub's OAuth 2, which says who it is through its API. */
  protocol: 'oidc' | 'github';
  /** What the issuer calls itself; with the subject it names an identity. */
  issuer: string;
  clientId: string;
  /** Null for a public client. */
  clientSecret: string | null;
  scopes: string[];
  /** What the issuer supports, preferring Basic, when null. */
  clientAuthentication: ClientAuthentication | null;
  /** Whether the ID token must repeat a nonce. */
  nonce: boolean;
  /** Whether the exchange of the code is bound to the start by PKCE (RFC 7636). */
  pkce: boolean;
}

/** Who somebody is at another issuer, as far as it vouches for it. */
export interface ExternalIdentity {
  issuer: string;
  subject: string;
  email: string | null;
  /** Whether the issuer says that the address is theirs. */
  emailVerified: boolean;
  name: string | null;
}

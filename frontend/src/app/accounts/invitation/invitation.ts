import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { invitationLinksAccept, invitationLinksPreview, type Problem, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import { Skeleton, Toasts } from '../../ui';
import { FormProblem } from '../../ui/form';
import { LinkTokens } from '../links/link-token';
import { OtherWays } from '../sign-in/other-ways';
import { SignInForm } from '../sign-in/sign-in-form';
import { SignUpForm } from '../sign-up/sign-up-form';

/** Who invites to what, and the way in: for who is signed in, who has an account, and who is new. */
@Component({
  selector: 'sb-invitation',
  imports: [FormProblem, OtherWays, RouterLink, SignInForm, SignUpForm, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './invitation.html',
})
export class Invitation {
  private readonly requests = inject(Requests);
  private readonly tokens = inject(LinkTokens);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);
  /** Who came here. Whoever signs in on this page stays on its form until the form is done. */
  protected readonly person = signal(this.session.person());
  private readonly path = this.router.url;
  protected readonly token = computed(() => this.tokens.of(this.path));

  private readonly asked = resource({
    params: () => this.token(),
    loader: ({ params: token }) => this.requests.openly(invitationLinksPreview, { body: { token } }),
  });
  protected readonly offer = computed(() => (this.asked.hasValue() ? this.asked.value() : undefined));
  protected readonly closed = computed(() => (this.asked.error() ? problemOf(this.asked.error()) : undefined));
  protected readonly loading = this.asked.isLoading;
  protected readonly role = computed(() => ROLES[this.offer()?.role ?? 'custom']());
  /** Whether the one who is signed in is the one who was invited. */
  protected readonly same = computed(() => this.person()?.email.toLowerCase() === this.offer()?.email.toLowerCase());
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);

  protected async accept(): Promise<void> {
    const token = this.token();
    if (token === undefined || this.busy()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      const { workspaceId } = await this.requests.ask(invitationLinksAccept, { body: { token } });
      await this.session.refresh();
      await this.welcome(workspaceId);
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  protected async signOut(): Promise<void> {
    await this.session.signOut();
    this.person.set(undefined);
  }

  /** Signing up by an invitation accepts it. */
  protected async signedUp(): Promise<void> {
    await this.welcome(this.session.workspaces()[0]?.id);
  }

  private async welcome(workspaceId: string | undefined): Promise<void> {
    const name = this.offer()?.workspaceName ?? '';
    await this.router.navigateByUrl(workspaceId === undefined ? '/' : `/workspaces/${workspaceId}`);
    this.tokens.forget(this.path);
    this.toasts.say({ text: $localize`You are in: welcome to ${name}:workspace:.` });
  }
}

const ROLES = {
  owner: () => $localize`owner`,
  admin: () => $localize`admin`,
  member: () => $localize`member`,
  viewer: () => $localize`viewer`,
  custom: () => $localize`a role of its own`,
};

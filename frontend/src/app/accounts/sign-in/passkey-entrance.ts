import { inject, Injectable } from '@angular/core';
import { Problem, Requests, signInStepsBegin, signInStepsSignIn } from '../../api';
import { askForPasskey, offersQuietly, type SignedIn } from '../../session';

const KEY = 'signalbox.passkey';

/** Signing in by a passkey alone. */
@Injectable({ providedIn: 'root' })
export class PasskeyEntrance {
  private readonly requests = inject(Requests);
  private quiet?: AbortController;

  /** Asks for a passkey in a window of the browser. @throws Problem */
  async enter(): Promise<SignedIn> {
    this.quiet?.abort();
    const credential = await askForPasskey(await this.requests.openly(signInStepsBegin, {}));
    return this.signIn(credential);
  }

  /**
   * Offers passkeys among the names that the browser fills in; only where one was used before, since each offer costs the server
   * a challenge.
   *
   * @param entered is told when the person took one
   * @returns what ends the offer
   */
  offer(entered: (answer: SignedIn) => unknown, refused: (problem: Problem) => unknown): () => void {
    const quiet = (this.quiet = new AbortController());
    if (localStorage.getItem(KEY) !== null) {
      this.wait(quiet.signal).then(
        (answer) => answer && entered(answer),
        (error: unknown) => {
          // Nobody asked for it: what fails before a passkey was taken is not worth a word.
          if (error instanceof Problem && error.code === 'passkey_refused') refused(error);
        },
      );
    }
    return () => quiet.abort();
  }

  private async wait(signal: AbortSignal): Promise<SignedIn | undefined> {
    if (!(await offersQuietly())) return undefined;
    const options = await this.requests.openly(signInStepsBegin, {});
    return signal.aborted ? undefined : this.signIn(await askForPasskey(options, signal));
  }

  private async signIn(credential: Awaited<ReturnType<typeof askForPasskey>>): Promise<SignedIn> {
    const answer = await this.requests.openly(signInStepsSignIn, { body: { credential, transport: 'cookie' } });
    localStorage.setItem(KEY, 'used');
    return answer;
  }
}

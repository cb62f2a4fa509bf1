import {
  accountUnlocksComplete,
  accountUnlocksRequest,
  emailChangeLinksConfirm,
  emailChangeLinksStop,
  emailVerificationsComplete,
  emailVerificationsRequest,
} from '../../api';
import type { LinkWords } from './mailed-link';

/** `/verify-email` */
export const verifyEmail = (): LinkWords => ({
  heading: $localize`Confirm your address`,
  lead: $localize`Then you can sign in with it.`,
  button: $localize`Confirm`,
  another: {
    heading: $localize`Confirm your address`,
    lead: $localize`We mail you a link. It works for two days.`,
    button: $localize`Send me a link`,
    ask: emailVerificationsRequest,
  },
  async use(requests, token) {
    await requests.openly(emailVerificationsComplete, { body: { token } });
    return { heading: $localize`Your address is confirmed`, text: $localize`Everything is ready for you.` };
  },
});

/** `/unlock-sign-in` */
export const unlockSignIn = (): LinkWords => ({
  heading: $localize`Sign in at once`,
  lead: $localize`There were many wrong passwords for your account. Nobody got in. This lets you try again without waiting, and makes this browser known.`,
  button: $localize`Let me sign in`,
  another: {
    heading: $localize`Sign in at once`,
    lead: $localize`After many wrong passwords an account has to wait. We mail you a link that lets you in without waiting.`,
    button: $localize`Send me a link`,
    ask: accountUnlocksRequest,
  },
  async use(requests, token) {
    await requests.openly(accountUnlocksComplete, { body: { token } });
    return {
      heading: $localize`You can sign in`,
      text: $localize`This browser is known now: what others try does not hold you up here any more.`,
    };
  },
});

/** `/confirm-email-change` */
export const confirmEmailChange = (): LinkWords => ({
  heading: $localize`Use this address`,
  lead: $localize`Your account moves to the address that this mail came to. Other devices are signed out; the earlier address gets a link that undoes it.`,
  button: $localize`Move my account`,
  async use(requests, token) {
    await requests.openly(emailChangeLinksConfirm, { body: { token } });
    return { heading: $localize`Your address is changed`, text: $localize`Sign in with the new one from now on.` };
  },
});

/** `/undo-email-change` */
export const undoEmailChange = (): LinkWords => ({
  heading: $localize`Keep your address`,
  lead: $localize`Somebody asked to move your account to another address. If that was not you, stop it here: if the change was made already, it is undone, every device is signed out, and you set a new password.`,
  button: $localize`It was not me: stop it`,
  async use(requests, token) {
    const { state } = await requests.openly(emailChangeLinksStop, { body: { token } });
    return state === 'undone'
      ? {
          heading: $localize`Your address is back`,
          text: $localize`Every device is signed out, and the password is void. A link to set a new one is on its way to your address.`,
        }
      : { heading: $localize`Stopped`, text: $localize`Your account keeps its address. Nothing else changed.` };
  },
});

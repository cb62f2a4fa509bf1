import { JobHandler, type JobOutcome, type JsonObject, type RunningJob } from '#platform/jobs/index.js';
import { RegistrationsService } from './registrations.service.js';

/** Somebody's sign-up where anybody may: what they said, the hash of their password, and where they came from. */
export interface SignUp extends JsonObject {
  email: { address: string; key: string };
  name: string;
  passwordHash: string;
  locale: string | undefined;
  timeZone: string | undefined;
  currency: string | undefined;
  address: string | undefined;
  requestId: string | undefined;
}

/** Opens the account of somebody who signed up, or tells the owner of the address that there is one. */
@JobHandler<SignUp>('users', 'sign_up', { sealPayload: true, retry: { firstDelayMs: 100 } })
export class SignUpJob {
  constructor(private readonly registrations: RegistrationsService) {}

  async run({ payload }: RunningJob<SignUp>): Promise<JobOutcome> {
    return { apply: (em) => this.registrations.admit(em, payload) };
  }
}

import { describe, expect, it } from '@jest/globals';
import { PermanentFailure, RetryLater } from '#platform/jobs/index.js';
import { MailDeferred, MailInvalid, MailRejected } from './mail.errors.js';
import { jobFailure } from './mail.jobs.js';

describe("a mail's failure in the words of jobs", () => {
  it.each([
    ['the server refuses it', new MailRejected('Refused.', '550 no', 550), true],
    ['it was refused before the server saw it', new MailRejected('No recipient.', 'no recipient'), false],
    ['no mail may carry its address', new MailInvalid('A line break.'), false],
  ])('is for good when %s', (_, error, answered) => {
    const failure = jobFailure(error);
    expect(failure).toBeInstanceOf(PermanentFailure);
    expect(failure).toMatchObject({ answered, message: error.message, cause: error });
  });

  it.each([true, false])('is for now when the server puts it off (blamed: %j)', (blamed) => {
    const failure = jobFailure(new MailDeferred('Later.', '450 later', blamed, 450));
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure).toMatchObject({ blamesDestination: blamed });
  });

  it('is what it was when it is no failure of mail', () => {
    const error = new TypeError('a defect');
    expect(jobFailure(error)).toBe(error);
  });
});

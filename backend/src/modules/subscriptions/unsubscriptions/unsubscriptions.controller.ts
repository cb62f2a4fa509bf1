import { Controller, Get, Header, Post } from '@nestjs/common';
import { z } from 'zod';
import { NotFound } from '#platform/errors/index.js';
import { Endpoint, Input } from '#platform/http/index.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { askPage, donePage } from './unsubscriptions.pages.js';
import { Unsubscriptions } from './unsubscriptions.js';

const path = z.object({ token: z.string().max(200) });
type Path = z.infer<typeof path>;

const NOT_OURS =
  'This link is incomplete or not ours: open it again from the mail, or sign in and remove the subscription.';

/** One-click unsubscription from alert mails (RFC 8058). */
@Controller('unsubscriptions')
export class UnsubscriptionsController {
  constructor(
    private readonly unsubscriptions: Unsubscriptions,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  @Get(':token')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Endpoint({
    permission: 'public',
    summary: 'The page that asks whether to end a subscription',
    description: 'Changes nothing: mail scanners follow links too.',
    params: path,
    produces: 'text/html',
    errors: [NotFound],
  })
  ask(@Input.params() { token }: Path): string {
    this.read(token);
    return askPage();
  }

  @Post(':token')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Endpoint({
    permission: 'public',
    summary: 'End what a mail came from: pause the subscription, or leave it when it is shared',
    description: 'What mail programs send for List-Unsubscribe-Post. Repeating it changes nothing.',
    params: path,
    // A form of one field, `List-Unsubscribe=One-Click`, or whatever else a mail program posts: the token says it all.
    body: z.unknown(),
    status: 200,
    produces: 'text/html',
    errors: [NotFound],
    anySite: true,
  })
  async end(@Input.params() { token }: Path): Promise<string> {
    const ended = await this.subscriptions.endByMail(this.read(token));
    return donePage(ended?.name);
  }

  private read(token: string): string {
    const id = this.unsubscriptions.read(token);
    if (id === undefined) throw new NotFound(NOT_OURS);
    return id;
  }
}

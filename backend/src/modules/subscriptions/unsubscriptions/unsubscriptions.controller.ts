import { Controller, Get, Header, Headers, Post } from '@nestjs/common';
import { z } from 'zod';
import { NotFound } from '#platform/errors/index.js';
import { Endpoint, Input } from '#platform/http/index.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { askPage, donePage, PAGE_POLICY, refusalPage } from './unsubscriptions.pages.js';
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
  @Header('Content-Security-Policy', PAGE_POLICY)
  @Endpoint({
    permission: 'public',
    summary: 'The page that asks whether to end a subscription',
    description: 'Changes nothing: mail scanners follow links too.',
    params: path,
    produces: 'text/html',
    refusalPage,
    errors: [NotFound],
  })
  async ask(@Input.params() { token }: Path, @Headers('accept-language') wanted?: string): Promise<string> {
    return askPage(await this.unsubscriptions.languageOf(this.read(token), wanted));
  }

  @Post(':token')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', PAGE_POLICY)
  @Endpoint({
    permission: 'public',
    summary: 'End what a mail came from: pause the subscription, or leave it when it is shared',
    description: 'What mail programs send for List-Unsubscribe-Post. Repeating it changes nothing.',
    params: path,
    // A form of one field, `List-Unsubscribe=One-Click`, or whatever else a mail program posts: the token says it all.
    body: z.unknown(),
    status: 200,
    produces: 'text/html',
    refusalPage,
    errors: [NotFound],
    anySite: true,
  })
  async end(@Input.params() { token }: Path, @Headers('accept-language') wanted?: string): Promise<string> {
    const seat = this.read(token);
    // Before the seat is gone.
    const language = await this.unsubscriptions.languageOf(seat, wanted);
    const ended = await this.subscriptions.endByMail(seat);
    return donePage(language, ended?.name);
  }

  private read(token: string): string {
    const id = this.unsubscriptions.read(token);
    if (id === undefined) throw new NotFound(NOT_OURS);
    return id;
  }
}

import { Controller, Headers, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Member } from '#platform/access/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { workspacePath } from '../usage/usage.schemas.js';
import {
  AlreadyPaying,
  CheckoutUnderWay,
  NothingPaid,
  PaymentProviderAway,
  PaymentsOff,
  WebhookRefused,
} from './billing.errors.js';
import { heard, newCheckout, type NewCheckout, redirection, webhook } from './billing.schemas.js';
import { CheckoutsService } from './checkouts.service.js';
import { WebhooksService } from './webhooks.service.js';

/** Paying for a workspace. */
@Controller('workspaces/:workspaceId')
export class BillingController {
  constructor(private readonly checkouts: CheckoutsService) {}

  @Post('checkouts')
  @Endpoint({
    permission: 'billing:write',
    summary: 'Pay for a plan',
    description:
      'Send the person to the page that is answered. The plan changes when the payment provider says that it is paid.',
    params: workspacePath,
    body: newCheckout,
    response: redirection,
    errors: [PaymentsOff, AlreadyPaying, CheckoutUnderWay, PaymentProviderAway],
    bodyExample: { plan: 'team' },
  })
  checkOut(@Who() who: Member, @Input.body() { plan }: NewCheckout) {
    return this.checkouts.checkOut(who, plan);
  }

  @Post('billing-portal-sessions')
  @Endpoint({
    permission: 'billing:write',
    summary: 'Open the billing portal',
    description: 'There the plan is changed or cancelled, cards are changed, and invoices are kept.',
    params: workspacePath,
    response: redirection,
    errors: [PaymentsOff, NothingPaid, PaymentProviderAway],
  })
  openPortal(@Who() who: Member) {
    return this.checkouts.openPortal(who);
  }
}

/** What the payment provider tells us. */
@Controller('stripe/webhooks')
export class WebhooksController {
  constructor(private readonly service: WebhooksService) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'Hear of a payment',
    description: 'For Stripe only: signed, at most five minutes old, and taken once.',
    status: 200,
    body: webhook,
    rawBody: true,
    bodyLimit: 256 * 1024,
    response: heard,
    errors: [WebhookRefused, PaymentsOff],
    rateClass: 'none',
    idempotent: false,
    bodyExample: { id: 'evt_1Abc', type: 'customer.subscription.updated', data: { object: { customer: 'cus_1Abc' } } },
  })
  hear(@Req() request: FastifyRequest, @Headers('stripe-signature') signature?: string) {
    return this.service.hear(request.body as Buffer, signature);
  }
}

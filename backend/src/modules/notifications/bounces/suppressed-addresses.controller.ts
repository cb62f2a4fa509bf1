import { Controller, Delete, Get } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, type ListQuery, NotFound, Who } from '#platform/http/index.js';
import {
  addressPath,
  type AddressPath,
  suppressedAddresses,
  SuppressedAddresses,
  suppressedQuery,
} from './suppressed-addresses.js';

/** The mail addresses that get no notifications, because mail comes back from them. */
@Controller('instance/suppressed-addresses')
export class SuppressedAddressesController {
  constructor(private readonly service: SuppressedAddresses) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Addresses that get no notifications',
    description: 'Mail came back from them. Mails of accounts, such as password resets, still go there.',
    query: suppressedQuery,
    response: suppressedAddresses,
  })
  list(@Input.query() query: ListQuery) {
    return this.service.list(query);
  }

  @Delete(':addressId')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Let notifications go to an address again',
    params: addressPath,
    status: 204,
    errors: [NotFound],
  })
  release(@Who() who: Actor, @Input.params() { addressId }: AddressPath) {
    return this.service.release(who, addressId);
  }
}

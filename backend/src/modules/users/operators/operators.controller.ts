import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, listQuery, type ListQuery, NotFound, Who } from '#platform/http/index.js';
import { ReauthenticationRequired } from '../accounts/reauthentications/reauthentications.errors.js';
import { requirePerson } from '../accounts/person.js';
import { CannotOperate, OnlyOperator } from './operators.errors.js';
import {
  type NewOperator,
  newOperator,
  operator,
  type OperatorPath,
  operatorPath,
  operators,
  workspacesHealth,
} from './operators.schemas.js';
import { OperatorsService } from './operators.service.js';

/** Who runs the instance, and how its workspaces fare; for operators. */
@Controller('instance')
export class OperatorsController {
  constructor(private readonly service: OperatorsService) {}

  @Get('operators')
  @Endpoint({ permission: 'instance:operate', summary: 'Who runs the instance', response: operators })
  list() {
    return this.service.list();
  }

  @Post('operators')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Make somebody an operator',
    description: 'It gives no access to the contents of workspaces. It is recorded in the system workspace.',
    body: newOperator,
    bodyExample: { email: 'ada@example.com' },
    response: operator,
    errors: [NotFound, CannotOperate, ReauthenticationRequired],
  })
  add(@Who() who: Actor, @Input.body() { email }: NewOperator) {
    return this.service.add(requirePerson(who), email);
  }

  @Delete('operators/:userId')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Make somebody an operator no more',
    description: 'Holds within a second. The last operator stays one.',
    params: operatorPath,
    status: 204,
    errors: [NotFound, OnlyOperator, ReauthenticationRequired],
  })
  remove(@Who() who: Actor, @Input.params() { userId }: OperatorPath) {
    return this.service.remove(requirePerson(who), userId);
  }

  @Get('workspaces')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Every workspace, and how it fares',
    description:
      'How many belong to it and what failed, never what is in it. What each uses of its plan stands beside the plans.',
    query: listQuery({ sort: ['createdAt', 'name'], defaultSort: 'createdAt' }),
    response: workspacesHealth,
  })
  health(@Input.query() query: ListQuery) {
    return this.service.health(query);
  }
}

import { Controller, Delete, Get, Header, Post, StreamableFile } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Abandoned, Endpoint, Input, Who } from '#platform/http/index.js';
import { MessageNotFound, MessagesBusy, MessageUnreadable } from './messages.errors.js';
import {
  enqueuedSchema,
  messageList,
  messagePage,
  messageParams,
  messageSchema,
  parseAgain,
  workspaceParams,
  type MessageList,
  type MessageParams,
  type ParseAgain,
} from './messages.schemas.js';
import { MessagesService } from './messages.service.js';

const errors = [MessageNotFound];

@Controller('workspaces/:workspaceId')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Get('messages')
  @Endpoint({
    permission: 'messages:read',
    summary: 'List messages',
    params: workspaceParams,
    query: messageList,
    response: messagePage,
    errors: [FilterRefused],
  })
  list(@Who() who: Member, @Input.query() query: MessageList) {
    return this.messages.list(who, query);
  }

  @Get('messages/:messageId')
  @Endpoint({
    permission: 'messages:read',
    summary: 'One message, safe to show, with what it offers and where',
    params: messageParams,
    response: messageSchema,
    errors: [...errors, MessagesBusy],
  })
  one(@Who() who: Member, @Input.params() { messageId }: MessageParams, @Abandoned() signal: AbortSignal) {
    return this.messages.one(who, messageId, signal);
  }

  @Get('messages/:messageId/raw')
  @Header('Content-Disposition', 'attachment; filename="message.eml"')
  @Endpoint({
    permission: 'messages:read',
    summary: 'The raw bytes of a message',
    params: messageParams,
    produces: 'message/rfc822',
    getOnly: true,
    errors: [...errors, MessageUnreadable],
  })
  async raw(@Who() who: Member, @Input.params() { messageId }: MessageParams) {
    const { bytes, size } = await this.messages.raw(who, messageId);
    return new StreamableFile(bytes, { type: 'message/rfc822', length: size });
  }

  @Delete('messages/:messageId')
  @Endpoint({
    permission: 'messages:write',
    summary: 'Remove a message; deals that only it offers are withdrawn',
    status: 204,
    params: messageParams,
    errors,
  })
  remove(@Who() who: Member, @Input.params() { messageId }: MessageParams) {
    return this.messages.remove(who, messageId);
  }

  @Post('messages/:messageId/parses')
  @Endpoint({
    permission: 'deals:write',
    summary: 'Read a message again',
    status: 202,
    params: messageParams,
    response: enqueuedSchema,
    errors,
  })
  parse(@Who() who: Member, @Input.params() { messageId }: MessageParams) {
    return this.messages.parseAgain(who, messageId);
  }

  @Post('message-parses')
  @Endpoint({
    permission: 'deals:write',
    summary: 'Read many messages again',
    status: 202,
    params: workspaceParams,
    body: parseAgain,
    response: enqueuedSchema,
  })
  parseMany(@Who() who: Member, @Input.body() body: ParseAgain) {
    return this.messages.parseManyAgain(who, body);
  }
}

import { applyDecorators } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { EndpointOptions } from '../endpoint.js';

/** The OpenAPI side of an endpoint. */
export function documented(options: EndpointOptions): MethodDecorator {
  return applyDecorators(ApiOperation({ summary: options.summary, description: options.description }));
}

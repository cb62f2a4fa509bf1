import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { EndpointOptions } from '../endpoint.js';

/** What Nest's OpenAPI explorer reads of an endpoint; `apiDocument` adds what follows from the route as a whole. */
export function documented({ summary, description, response, status, produces }: EndpointOptions): MethodDecorator {
  const decorators = [ApiOperation({ summary, ...(description ? { description } : {}) })];
  if (response && !produces)
    decorators.push((target, method, descriptor) => {
      // POST answers 201 unless the endpoint says otherwise; Nest's method decorator runs after this one, so the status of
      // an unsaid one is filled in by `apiDocument`.
      ApiResponse({ status: status ?? 'default', standardSchema: response, description: 'Success' })(
        target,
        method,
        descriptor,
      );
    });
  return applyDecorators(...decorators);
}

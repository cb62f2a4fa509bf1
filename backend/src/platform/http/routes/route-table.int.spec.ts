import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { bootHttp } from '#test/http-kit.js';
import { walkApi, walkRoutes } from '#test/routes.js';
import { Endpoint, Input, RouteTable } from '../index.js';

@Controller('bare')
class BareController {
  @Get('said')
  @Endpoint({ permission: 'public', summary: 'Says what it needs', status: 204 })
  said() {}

  @Get('unsaid')
  unsaid() {}
}

@Controller('stray')
class StrayController {
  @Get()
  @Endpoint({ permission: 'deals:read', summary: 'Asks for a workspace that its path does not name', status: 204 })
  stray() {}
}

@Controller('workspaces/:workspaceId/open')
class OpenController {
  @Get()
  @Endpoint({ permission: 'self', summary: 'Opens a workspace to everybody', status: 204 })
  open() {}
}

@Controller('workspaces/:workspaceId/deals')
class GoodController {
  @Get(':dealId')
  @Endpoint({ permission: 'deals:read', summary: 'Good', status: 204 })
  one() {}
}

describe('the routes of an application', () => {
  it.each([
    ['that declares nothing', BareController, 'BareController.unsaid'],
    ['that asks for a permission without a workspace', StrayController, 'StrayController.stray'],
    ['that opens a workspace', OpenController, 'OpenController.open'],
  ])('do not boot with one %s', async (_what, controller, name) => {
    await expect(bootHttp({ controllers: [controller] })).rejects.toThrow(name);
  });

  it('do not take a body that no schema describes', () => {
    expect(() => {
      class Broken {
        broken(_body: unknown) {}
      }
      Input.body()(Broken.prototype, 'broken', 0);
      Endpoint({ permission: 'public', summary: 'Broken' })(
        Broken.prototype,
        'broken',
        Object.getOwnPropertyDescriptor(Broken.prototype, 'broken') ?? {},
      );
    }).toThrow('Broken.broken takes @Input.body() but its @Endpoint has no body schema');
  });

  it('do not boot with one that a plugin brings', async () => {
    const kit = await bootHttp({ controllers: [] });
    try {
      const bare = { method: 'GET', url: '/late', handler: () => 'x' } as const;
      expect(() => kit.app.get(RouteTable).add(bare)).toThrow('The route GET /late declares no permission');
    } finally {
      await kit.close();
    }
  });

  it('are listed with what they demand', async () => {
    const kit = await bootHttp({ controllers: [GoodController] });
    try {
      expect(walkApi(kit.app)).toEqual([
        expect.objectContaining({
          method: 'GET',
          path: '/api/v1/workspaces/:workspaceId/deals/:dealId',
          plan: expect.objectContaining({
            name: 'GoodController.one',
            demand: { kind: 'workspace', permission: 'deals:read' },
          }) as unknown,
        }),
      ]);
      expect(walkRoutes(kit.app).every(({ plan }) => plan.endpoint.permission)).toBe(true);
    } finally {
      await kit.close();
    }
  });
});

import { Controller, Get } from '@nestjs/common';
import { permissions, type Permission, rolePermissions, ROLES } from '#platform/access/index.js';
import { Endpoint } from '#platform/http/index.js';
import { permissionCatalogue, type PermissionCatalogue } from './permissions.schemas.js';

const catalogue: PermissionCatalogue = {
  items: (Object.keys(permissions) as Permission[]).map((name) => ({
    name,
    sentence: permissions[name],
    roles: ROLES.filter((role) => rolePermissions[role].has(name)),
    grantable: name !== 'instance:operate',
  })),
};

/** The catalogue of permissions. */
@Controller('permissions')
export class PermissionsController {
  @Get()
  @Endpoint({
    permission: 'self',
    summary: 'Every permission, with what it allows',
    response: permissionCatalogue,
  })
  all() {
    return catalogue;
  }
}

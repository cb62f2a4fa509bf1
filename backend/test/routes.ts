// Every route of an application, for specs that walk them all.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Route, RouteTable } from '#platform/http/index.js';

/** Every route with its endpoint's metadata: `{ method, path, plan: { name, endpoint, demand, … } }`. The application must be initialised. */
export function walkRoutes(app: NestFastifyApplication): readonly Route[] {
  return app.get(RouteTable).all();
}

/** The routes of controllers only: the API itself, without the document and the explorer. */
export function walkApi(app: NestFastifyApplication): readonly Route[] {
  return walkRoutes(app).filter((route) => !route.plan.name.startsWith('/'));
}

/** A path with its parameters filled in. */
export function fill(path: string, values: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? name));
}

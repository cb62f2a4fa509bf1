export { RedisConfig } from './redis.config.js';
export { RedisConnections } from './redis-connections.js';
export { RedisModule } from './redis.module.js';

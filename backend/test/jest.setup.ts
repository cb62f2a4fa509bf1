// CommonJS packages that require these fail under Jest's ESM loader ("Cannot require() ES Module in a cycle") unless
// they are loaded first, in this order.
await import('reflect-metadata');
await import('@nestjs/common');
await import('@nestjs/core');
await import('@nestjs/swagger');

export {};

export { AddressRefused, AddressRules } from './address-rules.js';
export { GuardedConnections } from './guarded-connections.js';
export { connectionFault, HttpClient, OutboundFailed } from './http-client.js';
export type { OutboundAnswer, OutboundRequest } from './http-client.js';
export { HttpClientConfig } from './http-client.config.js';
export { HttpClientModule } from './http-client.module.js';

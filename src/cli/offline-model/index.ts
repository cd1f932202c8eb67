export { offlineModelName, type OfflineModelOptions, startOfflineModel } from './server.js';

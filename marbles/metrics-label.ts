/** For pictures: how many chunks were counted, and how the stream ended. */
export function metricsLabel(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('chunkCount' in value) || !('ending' in value)) return '?';
  return value.ending === 'running' ? String(value.chunkCount) : `${String(value.chunkCount)} ${String(value.ending)}`;
}

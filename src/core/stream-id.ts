/** A new id for a run: unguessable and short. `getRandomValues` also works where `randomUUID` is missing (plain http pages). */
export function newStreamId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `run_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

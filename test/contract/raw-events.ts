/** A server-sent event as it stands in the bytes. */
export interface RawEvent {
  readonly name: string | undefined;
  readonly data: string;
  /** Its blank line came. */
  readonly isWhole: boolean;
}

interface OpenEvent {
  name: string | undefined;
  readonly data: string[];
}

function close({ name, data }: OpenEvent, isWhole: boolean): readonly RawEvent[] {
  return data.length === 0 ? [] : [{ name, data: data.join('\n'), isWhole }];
}

/**
 * Reads server-sent events line by line (WHATWG HTML, section 9.2.6). Slow and simple, and shares nothing with our decoder:
 * the contract is measured against it.
 */
export function readEvents(bytes: Uint8Array): readonly RawEvent[] {
  const events: RawEvent[] = [];
  let open: OpenEvent = { name: undefined, data: [] };
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  // What follows the last line end: a line that is not over.
  const rest = lines.pop() ?? '';
  for (const line of lines) {
    if (line === '') {
      events.push(...close(open, true));
      open = { name: undefined, data: [] };
    } else takeLine(open, line);
  }
  takeLine(open, rest);
  return [...events, ...close(open, false)];
}

function takeLine(open: OpenEvent, line: string): void {
  const [, field, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? [];
  if (field === 'data') open.data.push(value);
  if (field === 'event') open.name = value;
}

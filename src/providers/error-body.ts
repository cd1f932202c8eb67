/** More of an error than this nobody reads; a page of a proxy may be endless. */
const mostBytes = 64 * 1024;
/** How long the body of an error may take, in milliseconds: its status has said already what matters. */
const mostMs = 3_000;

/**
 * A `fetch` whose errors come whole: the SDKs read the body of an error to its end, however long that is and however long it
 * takes, and keep it. What has come by the limit is the body. Answers and redirects pass untouched.
 */
export function withShortErrors(send: typeof fetch | undefined): typeof fetch {
  return async (input, init) => {
    const response = await (send ?? fetch)(input, init);
    return response.status >= 400 && response.status < 600 ? await shortened(response) : response;
  };
}

async function shortened(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const reader = response.body?.getReader();
  return reader === undefined ? response : new Response(await beginningOf(reader), { status, statusText, headers });
}

async function beginningOf(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Cancelling ends the read that waits, and closes the connection.
  const leave = (): void => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(leave, mostMs);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pieces.push(read.value.subarray(0, mostBytes - length));
      length += read.value.length;
      if (length < mostBytes) continue;
      leave();
      break;
    }
  } catch {
    // The connection broke: what came says what it says.
  } finally {
    clearTimeout(timer);
  }
  return new Blob(pieces);
}

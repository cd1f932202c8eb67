import { expectEqual } from './expect.js';
import { expectFinished, textOf } from './receive.js';
import { answer, type ConformanceCheck, type Trial } from './trial.js';

/** The same server-sent events in other bytes, as the HTML standard allows (section 9.2.5, "Parsing an event stream"). */
export const framingCases: Readonly<Record<string, ConformanceCheck>> = {
  'lines that end with CRLF': (trial) => expectAnswer(trial, (body) => body.replaceAll('\n', '\r\n')),

  'a byte order mark and comments': (trial) => expectAnswer(trial, (body) => `\uFEFF: hello\n\n${body.replaceAll('\n\n', '\n\n: keep-alive\n\n')}`),

  'comments, ids and retry times inside an event': (trial) =>
    expectAnswer(trial, (body) => body.replaceAll(/^data: .*$/gm, ': here it comes\nid: 1\nretry: 1000\n$&\n:')),

  'no space after a colon': (trial) => expectAnswer(trial, (body) => body.replaceAll(/^(event|data): /gm, '$1:')),
};

async function expectAnswer(trial: Trial, reframe: (body: string) => string): Promise<void> {
  const received = await trial.receive(trial.body(reframe(trial.opening() + trial.ending())));
  const finish = expectFinished(received);
  expectEqual('the text that was delivered', textOf(received), answer);
  expectEqual('finishReason', finish.finishReason, 'stop');
}

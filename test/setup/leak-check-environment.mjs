// Jest's Node environment, which also fails a test file that leaves something behind: an unhandled rejection, an uncaught
// exception, an open socket, server, child process or timer. Plain JavaScript: Jest loads environments without the
// transform of ES modules. It runs outside the sandbox of the tests, so it sees the real `process`.
import { TestEnvironment } from 'jest-environment-node';

/** What keeps a process alive when it is forgotten. An unref'd handle (an idle keep-alive socket) is not listed by Node. */
const watched = ['TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'ProcessWrap'];

/** Closing takes a few turns of the event loop, and a peer's part of it comes over the network. */
const graceMs = 2000;
const pollMs = 10;

function countActive() {
  const active = process.getActiveResourcesInfo();
  return new Map(watched.map((name) => [name, active.filter((resource) => resource === name).length]));
}

function describe(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The timers that tests start. Node's own list of active timers holds Jest's too, so it cannot tell them apart. */
class TimerWatch {
  #timers = new Set();

  /** Replaces `name` of the sandbox by a function that remembers what it starts. */
  install(sandbox, name) {
    const start = sandbox[name];
    const watched = (...args) => {
      const timer = start(...args);
      if (this.#timers.size >= 1000) this.#timers = new Set(this.#running());
      this.#timers.add(timer);
      return timer;
    };
    // `util.promisify(setTimeout)` reads a symbol of the original.
    sandbox[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(start));
  }

  get leaks() {
    const { length } = this.#running();
    return length === 0 ? [] : [`${length} running timers`];
  }

  /** A timer that fired or was cleared has no ref. */
  #running() {
    return [...this.#timers].filter((timer) => timer.hasRef() && !timer._destroyed);
  }
}

export default class LeakCheckEnvironment extends TestEnvironment {
  #before = new Map();
  #stray = [];
  #timers = new TimerWatch();
  #hasFailure = false;
  #onRejection = (error) => this.#stray.push(`Unhandled rejection: ${describe(error)}`);
  #onException = (error) => this.#stray.push(`Uncaught exception: ${describe(error)}`);

  async setup() {
    await super.setup();
    // A worker's own pipes are opened when they are first looked at: that must not count against the test that does it.
    void [process.stdin, process.stdout, process.stderr];
    this.#before = countActive();
    this.#timers.install(this.global, 'setTimeout');
    this.#timers.install(this.global, 'setInterval');
    process.on('unhandledRejection', this.#onRejection);
    process.on('uncaughtException', this.#onException);
  }

  handleTestEvent(event) {
    if (event.name === 'test_done' && event.test.errors.length > 0) this.#hasFailure = true;
  }

  /** While tests run, Jest itself catches both events; these listeners see what comes after the last test. */
  async teardown() {
    try {
      const leaks = await this.#settle();
      const complaints = [...this.#stray, ...leaks];
      // A complaint replaces the file's results in Jest's report: a failed test, which often leaves something behind, goes first.
      if (complaints.length > 0 && !this.#hasFailure) throw new Error(`This test file left something behind:\n${complaints.join('\n')}`);
    } finally {
      process.off('unhandledRejection', this.#onRejection);
      process.off('uncaughtException', this.#onException);
      await super.teardown();
    }
  }

  async #settle() {
    const deadline = performance.now() + graceMs;
    // At least one turn, so that a rejection that nobody awaits is reported.
    await new Promise((resolve) => setImmediate(resolve));
    let leaks = this.#leaks();
    while (leaks.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      leaks = this.#leaks();
    }
    return leaks;
  }

  #leaks() {
    const handles = [...countActive()]
      .map(([name, count]) => ({ name, left: count - (this.#before.get(name) ?? 0) }))
      .filter(({ left }) => left > 0)
      .map(({ name, left }) => `${left} open ${name}`);
    return [...handles, ...this.#timers.leaks];
  }
}

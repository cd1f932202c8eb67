import { expect, it } from '@jest/globals';

// `npm ci --ignore-scripts` leaves the machine's own Node in place without a word, and the SDKs need 22.
it('runs on Node 22 or later', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(22);
});

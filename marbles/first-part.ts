import type { MarbleLane, MarbleRecording, MarbleSpan } from './recording.js';

/** A picture of more is taller than anybody looks at, and takes seconds to draw. */
const mostNotifications = 1_000;

function spansUntil(lastMs: number, spans: readonly MarbleSpan[]): readonly MarbleSpan[] {
  return spans.flatMap(({ fromMs, toMs, ending }): MarbleSpan[] => {
    if (fromMs > lastMs) return [];
    return toMs === undefined || toMs > lastMs ? [{ fromMs, ending: 'open' }] : [{ fromMs, toMs, ending }];
  });
}

/** What is drawn of a long recording: its beginning; the title says how much is left out. */
export function firstPart(recording: MarbleRecording): MarbleRecording {
  const times = recording.lanes.flatMap(({ events }) => events.map(({ atMs }) => atMs)).sort((a, b) => a - b);
  const lastMs = times[mostNotifications - 1];
  if (lastMs === undefined || times.length === mostNotifications) return recording;
  const lanes = recording.lanes.map(
    (lane): MarbleLane => ({
      ...lane,
      // All of them may have come at one instant.
      events: lane.events.filter(({ atMs }) => atMs <= lastMs).slice(0, mostNotifications),
      subscriptions: spansUntil(lastMs, lane.subscriptions),
    }),
  );
  const drawn = lanes.reduce((count, { events }) => count + events.length, 0);
  return { ...recording, title: `${recording.title} (the first ${drawn} of ${times.length} notifications)`, lanes };
}

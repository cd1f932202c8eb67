import { type WireData, isRecord, listOf } from '../wire/wire-data.js';

/** A whole message as the delta that would have brought it: calls stand in a list, and their place is the index of a delta. */
export function messageDelta(message: WireData): WireData {
  const calls = listOf(message.tool_calls).map((call, index): unknown => (isRecord(call) ? { ...call, index } : call));
  return { ...message, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Whether a delta brought a piece of the answer; many first deltas say only who speaks. */
export function saysSomething(delta: WireData): boolean {
  return Object.entries(delta).some(([name, value]) => name !== 'role' && value !== null && value !== '' && !isEmptyList(value));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What a terminal obeys instead of showing it, and what turns the direction of the text around it. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text in which control characters are written out. */
export function printable(text: string): string {
  return text.replace(controls, (letter) => (letter === '\n' ? '\\n' : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** Where the match of a sticky expression that always matches ends. */
export function skip(expression: RegExp, text: string, from: number): number {
  expression.lastIndex = from;
  expression.test(text);
  return expression.lastIndex;
}

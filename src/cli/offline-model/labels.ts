/** Where a phrase stands in a prompt. */
export interface Placement {
  readonly before: string;
  readonly phrase: string;
  readonly after: string;
}

/** A year of four digits makes it a date, whatever is asked: 12/11/2026, 2026-11-23. */
const date = /(?<![\d/-])(?:\d{1,2}([/-])\d{1,2}\1(?:19|20)\d{2}|(?:19|20)\d{2}([/-])\d{1,2}\2\d{1,2})(?![\d/-])/;
/** 555-123-4567, 1-800-555-1234. */
const phoneNumber = /^(?:\d{1,3}-)?\d{3}-\d{3}-\d{4}$/;
/** What is said more often than computed: 24/7, 555-1234, 01/02, 12/11/26. */
const saying = /^(?:24\/7|9\/11|50\/50|\d{3}-\d{4}|(?:\d+[-/])*0\d+(?:[-/]\d+)*|\d{1,2}([/-])\d{1,2}\1\d{2})$/;
/** A range, a score, a fraction, a percentage: "pages 3-5", "3/4 cup", "100% sure". */
const plain = /^(?:\d+(?:\.\d+)?(?:[-/]\d+(?:\.\d+)?)+|[\d.,]+ ?(?:%|per ?cent))$/i;

const order = /\b(?:calculate|compute|evaluate|solve|work out|divide|subtract)\b/i;
const question = /(?:^|\b(?:what(?:['’]s| is| are)|how much (?:is|are)))(?:[\s\d.,:+\-*/^%()]|\b(?:and|or)\b)*$/i;
const endOfQuestion = /^(?:[\s\d+\-*/^%()]|\b(?:and|or)\b)*(?:[.,;?!=]|\bplease\b|$)/i;

/** Whether numbers are written like arithmetic and mean something else where they stand. */
export function isLabel({ before, phrase, after }: Placement): boolean {
  if (date.test(phrase) || phoneNumber.test(phrase)) return true;
  const isOrdered = order.test(before) || /^\s*=/.test(after);
  if (saying.test(phrase)) return !isOrdered;
  return plain.test(phrase) && !isOrdered && !(question.test(before) && endOfQuestion.test(after));
}

/** A word, a unit or a time that touches the phrase: `sin(2)`, `3 * 5km`, `10:30 - 11:45`. */
const touchesBefore = /[\p{L}\p{N}_#@]$|\p{N}[:.,/-]$/u;
const touchesAfter = /^(?:[\p{L}\p{N}_]|:\p{N})/u;

/** Operators that no sentence has beside a word; a dash may stand there, but not beside a variable or a call. */
const operatorAfterWord = /[\p{L}\p{N}_)\]}]\s*[+*/^%]\s*$/u;
const operatorBeforeWord = /^\s*[+*/^]\s*[\p{L}_(]/u;
const variableBefore = /(?<![\p{L}\p{N}_])\p{L}\s*$/u;
const dashBeforeVariable = /^\s*-\s*\p{L}(?:(?![\p{L}\p{N}_])|\p{L}*\()/u;

/** Whether the phrase is a part of a formula that cannot be read whole: its value alone would be a wrong answer. */
export function isPartOfFormula({ before, phrase, after }: Placement): boolean {
  if (touchesBefore.test(before) || touchesAfter.test(after)) return true;
  if (operatorAfterWord.test(before) || operatorBeforeWord.test(after)) return true;
  return (/^(?:-|minus)/i.test(phrase) && variableBefore.test(before)) || dashBeforeVariable.test(after) || /(?<!\d)0x/i.test(phrase);
}

import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What a schema library that follows the Standard Schema gives: zod, Valibot, ArkType and others. */
export type { StandardSchemaV1 } from '@standard-schema/spec';

const maxIssues = 10;

/** What is wrong with a value, one line for each issue. */
export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const lines = issues.slice(0, maxIssues).map(({ path, message }) => {
    const where = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return where === '' ? `- ${message}` : `- ${where}: ${message}`;
  });
  if (issues.length > maxIssues) lines.push(`- and ${issues.length - maxIssues} more`);
  return lines.join('\n');
}

import { z } from 'zod';

/** `s3://…`, `https://…`, `file://…`; a letter alone before the colon is a drive of Windows. */
const address = /^([a-z][a-z0-9+.-]+):\/\//i;

/** Why a text is not a path of this machine; undefined when it is one. */
export function pathFault(text: string): string | undefined {
  if (text.includes('\0')) return 'a path has no NUL character';
  // Also s3:bucket: what was meant is clear, and a folder of that name is not.
  if (/^s3:/i.test(text)) return 'this is an address in S3 storage; only `batch` reads and writes there';
  const [, scheme] = address.exec(text) ?? [];
  if (scheme !== undefined) return `this is an address (${scheme}:), not a path; name a file or a folder`;
  return undefined;
}

function held(fault: (text: string) => string | undefined): z.ZodString {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      const message = fault(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

/** A path of this machine: commands that take one are for the command line; a page has handles only. */
export const path = held(pathFault);

/** A folder of this machine, or in storage (`s3://bucket/folder`). */
export const place = held((text) =>
  /^s3:/i.test(text) && !text.includes('\0') ? undefined : pathFault(text),
);

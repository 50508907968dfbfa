import type { z } from 'zod';

/** The first fault of an input. */
export interface Fault {
  /** The field, like `graphs.0.stems`; empty where the whole input is meant. */
  readonly where: string;
  /** What is wrong with it, as the rest of a sentence: `it must be at least 2`. */
  readonly says: string;
}

/** The fault of an input that does not fit its schema, in words for people. */
export function firstFault({ issues: [issue] }: z.ZodError): Fault {
  const path = issue.path.map(String);
  // The fault is the key, not the object it stands in.
  if (issue.code === 'unrecognized_keys')
    return { where: [...path, issue.keys[0]].join('.'), says: 'this name is not known' };
  return { where: path.join('.'), says: saysOf(issue) };
}

/** Names of types, with their articles. */
const types: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  nan: 'a number',
};

function saysOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      // NaN and the infinities come in as numbers.
      return `it must be ${types[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return limit('at least', 'more than', issue.minimum, issue);
    case 'too_big':
      return limit('at most', 'less than', issue.maximum, issue);
    case 'not_multiple_of':
      return `it must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return `it must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return 'it does not have the form it must have';
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return 'it has none of the forms that it may have';
    case 'custom':
    case 'unrecognized_keys':
      return issue.message;
  }
}

function limit(
  inclusive: string,
  exclusive: string,
  bound: number | bigint,
  issue: { readonly inclusive?: boolean; readonly origin: string },
): string {
  const most = `${issue.inclusive === false ? exclusive : inclusive} ${bound}`;
  const one = Number(bound) === 1;
  if (issue.origin === 'array') return `it must have ${most} ${one ? 'entry' : 'entries'}`;
  if (issue.origin === 'string') return `it must be ${most} ${one ? 'character' : 'characters'} long`;
  return `it must be ${most}`;
}

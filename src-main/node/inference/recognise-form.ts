import { UnbraidError } from '../../common/base/errors.js';
import type { ModelQuestion } from '../../common/contract/recognition.js';

/** What a person or a catalogue has said about a file; text by key. */
export type Answers = Readonly<Record<string, string>>;

/** Takes answers where they are, and notes questions where they are not. */
export class Form {
  readonly questions: ModelQuestion[] = [];
  private readonly taken = new Set<string>();

  constructor(
    private readonly answers: Answers,
    /** Notes of the file, which may be wrong: suggestions only. */
    private readonly notes: Answers,
  ) {}

  /** One of some choices. Undefined where it is asked. */
  choice(key: string, choices: readonly string[], suggestion?: string): string | undefined {
    return this.ask(key, choices, suggestion, (answer) =>
      choices.includes(answer) ? answer : refuse(key, answer, `one of ${choices.join(', ')}`),
    );
  }

  /** A whole number; `fits` says whether the graph can take it. */
  number(key: string, choices: readonly number[], fits: (value: number) => boolean): number | undefined {
    const noted = Number(this.notes[key]);
    const suggestion = choices.includes(noted) ? noted : choices[0];
    return this.ask(
      key,
      choices.map(String),
      suggestion === undefined ? undefined : String(suggestion),
      (answer) =>
        /^\d{1,9}$/.test(answer) && fits(Number(answer))
          ? Number(answer)
          : refuse(key, answer, `a number that fits the graph, like ${choices.join(', ')}`),
      true,
    );
  }

  /** So many names of stems, in the order of the graph; the first of `usual` is suggested, or taken if it is `sure`. */
  stems(count: number, usual: readonly (readonly string[])[], sure = false): readonly string[] | undefined {
    const fitting = usual.filter((stems) => stems.length === count).map((stems) => stems.join(','));
    const noted = (this.notes['stems'] ?? this.notes['sources'])
      ?.match(/[\w -]+/g)
      ?.map(stemName)
      .join(',');
    if (sure && fitting.length > 0 && this.answers['stems'] === undefined) return fitting[0].split(',');
    const parse = (answer: string): readonly string[] => {
      const stems = answer.split(',').map(stemName);
      const right = stems.length === count && new Set(stems).size === count && stems.every(Boolean);
      return right ? stems : refuse('stems', answer, `${count} different names with commas between them`);
    };
    const suggestion = noted?.split(',').length === count ? noted : fitting[0];
    return this.ask('stems', fitting, suggestion, parse, true);
  }

  /** An answer that is never asked for. */
  optional<T>(key: string, parse: (answer: string) => T | null, wanted: string): T | undefined {
    this.taken.add(key);
    const answer = this.answers[key];
    if (answer === undefined) return undefined;
    return parse(answer) ?? refuse(key, answer, wanted);
  }

  /** Throws for answers that nobody asked. */
  finish(): void {
    if (this.questions.length > 0) return;
    const foreign = Object.keys(this.answers).find((key) => !this.taken.has(key));
    if (foreign === undefined) return;
    throw new UnbraidError('invalid-argument', `This model has no setting "${foreign}"`, {
      hint: `It has ${[...this.taken].join(', ')}.`,
    });
  }

  private ask<T>(
    key: string,
    choices: readonly string[],
    suggestion: string | undefined,
    parse: (answer: string) => T,
    text = false,
  ): T | undefined {
    this.taken.add(key);
    const answer = this.answers[key];
    if (answer !== undefined) return parse(answer);
    this.questions.push({ key, choices: [...new Set(choices)], text, suggestion: suggestion ?? null });
    return undefined;
  }
}

function refuse(key: string, answer: string, wanted: string): never {
  throw new UnbraidError('invalid-argument', `"${answer}" is not possible for "${key}"`, {
    hint: `It must be ${wanted}.`,
  });
}

/** A stem's name in small letters, words joined by dashes. */
export function stemName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/**
 * How likely somebody who only guesses between two is right at least `right` times of `all`: the one-sided p-value of an ABX
 * test, from the binomial distribution. 1 before the first answer.
 */
export function chanceByGuessing(right: number, all: number): number {
  let sum = 0;
  // C(all, k) / 2^all, from k = 0 on.
  let term = 0.5 ** all;
  for (let k = 0; k <= all; k++) {
    if (k >= right) sum += term;
    term *= (all - k) / (k + 1);
  }
  return Math.min(1, sum);
}

import { readFileSync } from 'node:fs';
import type { ReportData } from '../../src-main/common/jobs/comparison.js';

/** What the page of a report shows. */
export function dataOf(page: string): ReportData {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(
    readFileSync(page, 'utf8'),
  )?.[1];
  return JSON.parse(text ?? '') as ReportData;
}

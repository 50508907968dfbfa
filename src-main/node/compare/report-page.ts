import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '../../common/contract/languages.js';
import {
  otherWarnings,
  type ComparisonReport,
  type ReportClip,
  type ReportData,
} from '../../common/jobs/comparison.js';
import { appVersion } from '../jobs/app-version.js';
import { builtEntry } from '../process/spawner.js';
import { pictureRange } from './picture.js';

/** The program of the page, in one file with its styles (vite.report.config.ts). */
const program = new URL('../../report/report.js', import.meta.url);

/** Nothing is loaded from anywhere: sounds and pictures are in the page. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/** One page that needs no other file; it begins in this language, and has the others too. */
export function reportPage(
  report: ComparisonReport,
  clips: readonly ReportClip[],
  language: Language,
): string {
  const data: ReportData = {
    ...{ report: shared(report), clips, version: appVersion, language, pictures: pictureRange },
  };
  const script = readFileSync(fileURLToPath(builtEntry(program)), 'utf8');
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8" />',
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    `<title>${escaped(report.name)}</title>`,
    '</head>',
    '<body>',
    '<main id="report"></main>',
    // Inside a script element only "</script" and "<!--" mean anything.
    `<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
    `<script>${script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A page is handed on: paths of this machine stay here. Bands that end early the page tells in its own words. */
function shared(report: ComparisonReport): ComparisonReport {
  const systems = report.systems.map((system) => {
    if (!system.error) return system;
    const { code, message, hint } = system.error;
    return { ...system, error: { code, message, ...(hint !== undefined && { hint }) } };
  });
  const warnings = otherWarnings(report);
  return { ...report, systems, warnings, page: basename(report.page), figures: basename(report.figures) };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

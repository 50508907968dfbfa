import { mount } from 'svelte';
import type { ReportData } from '../../src-main/common/jobs/comparison.js';
import ReportPage from './ReportPage.svelte';

/** The page of `unbraid compare`: its data are in the same file. */
const text = document.getElementById('data')?.textContent ?? '';
const target = document.getElementById('report');
if (target) mount(ReportPage, { target, props: { data: JSON.parse(text) as ReportData } });

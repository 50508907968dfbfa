import { readdirSync, readFileSync } from 'node:fs';

/** Processes below one process, itself included; Linux only (reads /proc). */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended meanwhile.
    }
  }
  const tree = [root];
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get(tree[i]) ?? []));
  return tree;
}

function proportionalKiB(pid: number): number {
  try {
    // Pss counts shared pages once over all processes, so the sum is what the program really takes.
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Samples the memory of a process tree, or of its root alone, until stopped; the highest sum in MiB. */
export function watchMemory(root: number, everyMs = 200, what: 'tree' | 'alone' = 'tree'): () => number {
  let peak = 0;
  const sample = (): void => {
    const pids = what === 'tree' ? processTree(root) : [root];
    const total = pids.reduce((sum, pid) => sum + proportionalKiB(pid), 0);
    peak = Math.max(peak, total / 1024);
  };
  const timer = setInterval(sample, everyMs);
  return () => {
    clearInterval(timer);
    sample();
    return peak;
  };
}

/** A process tree at one moment, with the files of its cache. */
export interface TreeSample {
  readonly seconds: number;
  readonly mib: number;
  readonly processes: number;
  readonly handles: number;
  readonly files: number;
  /** On the disk: blocks that are taken. */
  readonly bytes: number;
}

function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Samples a process tree and its files until stopped; all samples. */
export function watchTree(
  root: number,
  cache: () => Pick<TreeSample, 'files' | 'bytes'>,
  everyMs = 1000,
): () => TreeSample[] {
  const began = performance.now();
  const samples: TreeSample[] = [];
  const timer = setInterval(() => {
    const pids = processTree(root);
    samples.push({
      seconds: (performance.now() - began) / 1000,
      mib: pids.reduce((sum, pid) => sum + proportionalKiB(pid), 0) / 1024,
      processes: pids.length,
      handles: pids.reduce((sum, pid) => sum + handlesOf(pid), 0),
      ...cache(),
    });
  }, everyMs);
  return () => {
    clearInterval(timer);
    return samples;
  };
}

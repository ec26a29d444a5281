import type { Job } from './job.ts';

/** A smaller job that still fails, found with a bounded number of trials. */
export async function shrink(job: Job, fails: (job: Job) => Promise<boolean>, trials: number): Promise<Job> {
  const field = job.answer === null ? 'text' : 'answer';
  let best: Job = job;
  const budget = { left: trials };
  const trial = async (candidate: Job): Promise<boolean> => {
    budget.left -= 1;
    if (budget.left < 0 || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  if (job.cuts.length > 0) await trial({ ...best, cuts: [] });
  if (job.ending !== 'wait') await trial({ ...best, ending: 'wait' });
  for (let size = Math.ceil((best[field] ?? '').length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < (best[field] ?? '').length && budget.left > 0;) {
      const text: string = best[field] ?? '';
      const shorter = text.slice(0, at) + text.slice(at + size);
      if (shorter.length === 0 || !(await trial({ ...best, cuts: [], [field]: shorter }))) at += size;
    }
  }
  return best;
}

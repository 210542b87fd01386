/** Asks again and again until the answer is yes. Each question is itself a wait, for a reply say: nothing sleeps. */

const boundMs = 15_000;

/** Rejects after 15 s. */
export async function until(question: () => Promise<boolean>, what: string): Promise<void> {
  const startedAt = performance.now();
  while (!(await question())) {
    if (performance.now() - startedAt > boundMs) throw new Error(`waited ${boundMs} ms in vain until ${what}`);
  }
}

/** How StrykerJS runs the tests: with Vitest's own loader, which lets it change a module between two runs. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: process.env.MUTATION_TESTS!.split(','), testTimeout: 20_000 },
});

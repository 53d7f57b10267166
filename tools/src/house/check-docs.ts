import { formatProblem } from './problem.js';
import type { Problem } from './problem.js';

const problems: Problem[] = [];
for (const problem of problems) console.error(formatProblem(problem));
process.exitCode = problems.length > 0 ? 1 : 0;

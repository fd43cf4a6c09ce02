// The whole verdict on the answers in the browser, offline too: what the server's
// server/core/answers.py finds, this finds, in the same words. The server's own verdict counts.

import { checkFindings } from "./check_findings.js";
import { duplicateRows, emptyCells, lapsedValues, statusFindings, unaskedValues } from "./demand_findings.js";
import { Outliers } from "./outlier_findings.js";
import { schemaFindings } from "./schema_findings.js";

export class Judge {
  constructor(program) {
    this.program = program;
    this.outliers = new Outliers(program);
  }

  /** The findings on answers that `calculator` has just been run on. */
  findings(calculator, answers, statuses) {
    const { program } = this;
    return [
      ...schemaFindings(program, calculator, answers),
      ...duplicateRows(program, answers),
      ...statusFindings(program, answers, statuses),
      ...emptyCells(program, answers, statuses, calculator),
      ...unaskedValues(program, answers, calculator),
      ...lapsedValues(program, answers, statuses),
      ...checkFindings(program, calculator),
      ...this.outliers.findings(calculator),
    ];
  }
}

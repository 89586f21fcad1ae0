/** A maintained evaluator of the Common Expression Language; it is written as ES modules alone, which types here cannot follow. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { evaluate } = require('@marcbachmann/cel-js') as { evaluate(expression: string, context: object): unknown };

/** What an expression is in a context. @throws where it cannot be evaluated */
export function celValue(expression: string, context: object): unknown {
  return evaluate(expression, context);
}

import { statedParsers } from '../../model/objective';
import { MODEL_PARSERS } from '../../model/picker/config';
import { PoolNode } from '../../model/pool';
import { InputProblem, listed } from '../../model/problem';
import { Membership } from '../membership/membership';

/** Reports why the endpoint picker of a pool would not limit the models of requests. */
export function checkAllowedModels(member: Membership, pool: PoolNode): void {
  if (pool.allowedModels) member.reportAll([...nameProblems(pool.allowedModels), ...unlimited(pool)]);
}

function nameProblems(names: readonly string[]): InputProblem[] {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return [
    ...names.length > 0 ? [] : [{ message: '`allowedModels` is empty, so the endpoint picker would reject every request', actual: [], expected: 'one name of a model or more', fix: 'add the names, or omit `allowedModels`' }],
    ...names.includes('') ? [{ message: 'a name in `allowedModels` is empty', actual: names, expected: 'names of models', fix: 'write the names as in request bodies' }] : [],
    ...repeated === undefined ? [] : [{ message: 'a name is twice in `allowedModels`', actual: repeated, expected: 'each name once', fix: 'remove one of them' }],
  ];
}

function unlimited(pool: PoolNode): InputProblem[] {
  if (!pool.picker.deployment) {
    return [{ message: '`allowedModels` has no effect with an existing endpoint picker, because the library does not know whether it reads the models of requests', actual: 'EndpointPicker.existing', expected: 'EndpointPicker.deploy', fix: 'let the library deploy the picker, or omit `allowedModels`' }];
  }
  const blind = statedParsers(pool)?.filter((type) => !MODEL_PARSERS.includes(type)) ?? [];
  return [
    ...blind.length === 0 ? [] : [{ message: `requests that ${listed(blind)} reads could name any model, because it reads no models`, actual: blind, expected: `only ${listed(MODEL_PARSERS)}`, fix: 'use a `config` with such parsers alone, or omit `allowedModels`' }],
    ...pool.failOpen ? [{ message: 'requests could name any model while the endpoint picker is unavailable, because the pool fails open', actual: 'FAIL_OPEN', expected: 'FAIL_CLOSED', fix: 'omit `failureMode`, or omit `allowedModels`' }] : [],
  ];
}

import { MeshModel } from '../../model/mesh';
import { BandSpec, instanceName, PickerSettings } from '../../model/picker/config';
import { hasFlowControl } from '../../model/picker/per-replica';
import { SESSION_READER } from '../../model/picker/sessions';
import { PoolNode } from '../../model/pool';
import { identified, InputProblem } from '../../model/problem';
import { namesTenants, TENANT_ID_HEADERS } from '../../providers/inference-extension/picker-headers';
import { Membership } from '../membership/membership';

/**
 * Reports what is wrong with the queues of an endpoint picker beside what keeps it from starting: numbers that no queue has, limits that are
 * never reached, and turns of tenants that no request names.
 */
export function checkFlowControl(member: Membership, pool: PoolNode, settings: PickerSettings): void {
  if (!hasFlowControl(settings)) return;
  member.reportAll([...numberProblems(settings), ...unreachedLimits(settings)]);
  const { model, path } = member;
  model.checksAtSynth.push(() => identified('AM001', singleTenant(model, pool, settings).map((problem) => ({ path, ...problem })))); // tenants may follow
}

const MOST_SECONDS = 86_400;
const MOST_COUNT = 2 ** 31 - 1;
const MOST_MEBIBYTES = 16_777_216;

const bandsOf = ({ flowControl: { defaultPriorityBand, defaultNegativePriorityBand, priorityBands = [] } = {} }: PickerSettings): BandSpec[] =>
  [defaultPriorityBand, defaultNegativePriorityBand, ...priorityBands].filter((band) => band !== undefined);

const mebibytes = (size: string | undefined): number | undefined => (size === undefined ? undefined : Number(size.replace(/Mi$/, '')));

function numberProblems(settings: PickerSettings): InputProblem[] {
  const { maxBytes, maxRequests, defaultRequestTTL } = settings.flowControl ?? {};
  const bands = bandsOf(settings);
  const outside = (what: string, number: number | undefined, most: number): InputProblem[] =>
    (number === undefined || (Number.isInteger(number) && number >= 1 && number <= most) ? [] : [{
      message: `\`${what}\` of the flow control of the endpoint picker is out of range`, actual: number, expected: `whole numbers from 1 to ${most}`, fix: 'correct the number',
    }]);
  // These numbers keep the picker from starting if they are below 0, which is reported with its configuration.
  const started = (text: string | undefined) => (text === undefined || text.startsWith('-') ? undefined : Number(text.replace(/s$/, '')));
  const total = mebibytes(maxBytes) ?? 0;
  return [
    ...outside('maxWaitSeconds', started(defaultRequestTTL), MOST_SECONDS),
    ...[maxRequests, ...bands.map((band) => band.maxRequests)].flatMap((count) => outside('maxRequests', started(count), MOST_COUNT)),
    // A total of 0 or less is reported with the memory of the picker.
    ...[total > 0 ? total : undefined, ...bands.map((band) => mebibytes(band.maxBytes))].flatMap((size) => outside('maxMebibytes', size, MOST_MEBIBYTES)),
    ...bands.filter(({ priority = 0 }) => Number.isInteger(priority) && Math.abs(priority) > MOST_COUNT).map(({ priority }) => ({
      message: '`priority` of a band of the endpoint picker is out of range, so no InferenceObjective can have it', actual: priority, expected: `whole numbers from ${-MOST_COUNT} to ${MOST_COUNT}`, fix: 'correct the number',
    })),
  ];
}

/** Reports the limit of one priority that is above the limit of all waiting requests, so that it has no effect. */
function unreachedLimits(settings: PickerSettings): InputProblem[] {
  const { maxBytes, maxRequests } = settings.flowControl ?? {};
  const unreached = (what: string, band: number | undefined, all: number | undefined): InputProblem[] =>
    (band === undefined || !all || band <= all ? [] : [{
      message: `\`${what}\` of a priority band of the endpoint picker has no effect, because it is above that of all waiting requests`, actual: band, expected: `at most ${all}`, fix: `lower \`${what}\` of the band, or raise that of the flow control`,
    }]);
  return bandsOf(settings).flatMap((band) => [
    ...unreached('maxMebibytes', mebibytes(band.maxBytes), mebibytes(maxBytes)),
    ...unreached('maxRequests', band.maxRequests === undefined ? undefined : Number(band.maxRequests), maxRequests === undefined ? undefined : Number(maxRequests)),
  ]);
}

/** The policy by which tenants take turns (llm-d-router v0.10, its README). */
const TURNS = 'round-robin-fairness-policy';

/**
 * Returns that tenants take turns where no request can name its tenant: gateways remove its header unless a claim or a tenant sets it. Sessions
 * are no tenants, because each client chooses how many it has.
 */
function singleTenant({ tenants }: MeshModel, pool: PoolNode, settings: PickerSettings): InputProblem[] {
  const { name, gateway } = pool;
  const { plugins } = settings;
  const turns = plugins.filter(({ type }) => type === TURNS).map(instanceName);
  const headers = Object.keys(gateway.jwt?.claimHeaders ?? {});
  const isUsed = bandsOf(settings).some(({ fairnessPolicyRef }) => fairnessPolicyRef !== undefined && turns.includes(fairnessPolicyRef));
  if (!isUsed || namesTenants(headers) || tenants.some((tenant) => tenant.pool === pool)) return [];
  const reader = plugins.find(({ type }) => type === SESSION_READER);
  const because = reader ? `because plugin ${instanceName(reader)} takes sessions for tenants: each client chooses its sessions, and with more of them it gets more turns` : 'because all requests have one tenant';
  if (gateway.inMesh) {
    return [{
      message: `tenants cannot take turns at pool ${name}, ${because}`, actual: 'no tenants', expected: 'an InferenceTenant of the pool for each tenant', fix: 'grant tenants (`InferenceTenant`) instead of the pool, or remove the fairness policy',
    }];
  }
  return [{
    message: `tenants cannot take turns at pool ${name}, ${because}: its gateway sets no header that names the tenant, and removes this header from all requests`,
    actual: headers, expected: `\`claimHeaders\` of \`jwt\` of gateway ${gateway.name} with "${TENANT_ID_HEADERS[0]}"`, fix: `add the header to \`claimHeaders\`, as in { '${TENANT_ID_HEADERS[0]}': 'sub' }, or remove the fairness policy`,
  }];
}

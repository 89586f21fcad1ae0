import { VirtualServiceSpec, VirtualServiceSpecHttp } from '../../../imports/networking.istio.io';
import { FaultRule } from '../../model/fault';
import { MeshRouteNode } from '../../model/mesh-route';
import { HeaderMatch, RouteRule, RouteShare } from '../../model/route';
import { serviceHost, ServiceNode } from '../../model/service';

/**
 * Returns the route of a Service with faults. An HTTPRoute cannot inject faults, and an HTTPRoute and a VirtualService for one host exclude
 * each other (Istio 1.30). Therefore the VirtualService contains the whole route: split, mirror, retries and timeout. The first matching rule
 * handles a request. Requests at other ports of the Service match no rule, and are forwarded unchanged.
 */
export function compileFaultRoute(route: MeshRouteNode): VirtualServiceSpec {
  const { service, rules, faults = [] } = route;
  const all: readonly FaultRule[] = faults.some(({ headers }) => headers.length === 0) ? faults : [...faults, { headers: [] }];
  return {
    hosts: [serviceHost(service)],
    http: all.flatMap((fault) => rules.flatMap((rule) => compileRule(route, rule, fault))),
  };
}

/** Returns the rule for requests that match both the route rule and the fault. Returns none if no request can match both. */
function compileRule(route: MeshRouteNode, rule: RouteRule, fault: FaultRule): VirtualServiceSpecHttp[] {
  const headers = together([...fault.headers, ...rule.headers]);
  return !headers ? [] : [{
    match: [{
      port: route.service.port,
      ...(headers.size > 0 && { headers: Object.fromEntries([...headers].map(([name, exact]) => [name, { exact }])) }),
    }],
    ...(fault.delay || fault.abort ? { fault: compileFault(fault) } : {}),
    route: compileSplit(rule.split),
    ...compileMirror(route),
    ...compileRetries(route),
    ...(route.requestTimeoutSeconds !== undefined && { timeout: `${route.requestTimeoutSeconds}s` }),
  }];
}

/** Returns the headers by name in lower case, as Istio requires, or nothing if a header would need two values. */
function together(all: readonly HeaderMatch[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const { name, value } of all) {
    const known = headers.get(name.toLowerCase());
    if (known !== undefined && known !== value) return undefined;
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

function compileFault({ delay, abort }: FaultRule): VirtualServiceSpecHttp['fault'] {
  return {
    ...(delay && { delay: { fixedDelay: `${delay.milliseconds / 1000}s`, percentage: { value: delay.percent } } }),
    ...(abort && { abort: { httpStatus: abort.status, percentage: { value: abort.percent } } }),
  };
}

function compileSplit(split: readonly RouteShare[]): VirtualServiceSpecHttp['route'] {
  const shares = split.filter(({ weight }) => weight > 0).flatMap(({ target, weight }) =>
    (target.kind === 'service' && target.workload.service ? [{ destination: destination(target.workload.service), weight }] : []));
  return shares.length === 1 ? [{ destination: shares[0].destination }] : shares;
}

function compileMirror({ mirror }: MeshRouteNode): Pick<VirtualServiceSpecHttp, 'mirrors'> {
  const service = mirror?.target.workload.service;
  return mirror && service ? { mirrors: [{ destination: destination(service), percentage: { value: mirror.percent } }] } : {};
}

function destination(service: ServiceNode) {
  return { host: serviceHost(service), port: { number: service.port } };
}

/** Conditions to which istiod translates the retries of an HTTPRoute (Istio 1.30, gateway conversion). */
const RETRIED: readonly string[] = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];

function compileRetries({ retries }: MeshRouteNode): Pick<VirtualServiceSpecHttp, 'retries'> {
  return retries ? { retries: { attempts: retries.attempts, retryOn: [...RETRIED, ...retries.codes].join() } } : {};
}

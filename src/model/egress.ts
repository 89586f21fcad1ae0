import { Located } from './problem';
import { HostProtocol } from './workload';

/** External hosts that all workloads of a namespace may call by name. */
export interface EgressNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly hostnames: readonly string[];
  readonly port: number;
  readonly protocol: HostProtocol;
}

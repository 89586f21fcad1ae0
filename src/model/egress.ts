import { Located } from './problem';

/** External hosts that all workloads of a namespace may call by name, over TLS. */
export interface EgressNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly hostnames: readonly string[];
  readonly port: number;
}

import { ICallee } from './call';
import { Grant } from './grant';
import { ICaller, Identity } from './identity';

/** An `Agent`, or a class of yours that represents one. It can be a caller and a callee of grants. */
export interface IAgent extends ICaller, ICallee {
  /** Mutual TLS identity of the agent. */
  readonly identity: Identity;
  /** Allows callers to send any request to the Services of this agent. */
  grantCall(...callers: ICaller[]): Grant;
}

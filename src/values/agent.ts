import { ICallee } from './call';
import { Grant } from './grant';
import { ICaller, Identity } from './identity';

/** An agent, which calls others and can be called. */
export interface IAgent extends ICaller, ICallee {
  /** Identity with which the agent calls. */
  readonly identity: Identity;
  /** Allows agents and identities to call this agent, and allows nothing else. */
  grantCall(...callers: ICaller[]): Grant;
}

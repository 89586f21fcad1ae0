import { Trait } from '../model/trait';

/** What gateways may lead to: versions of agents and servers of pools; never a tool server or a picker, which only grants open. */
export const servable = new Trait<boolean>('something that a gateway may lead to');

/** What a provider may be able to do; who cannot do it refuses the program that asks for it. */
export type Capability =
  | 'identity' // admits callers by proven identity
  | 'path' // reads the paths and methods of requests
  | 'tool' // reads which MCP tool is called
  | 'pool' // asks an endpoint picker
  | 'client-certificates'
  | 'retries';

/** Why a provider lacks a capability, and who has it. */
export interface Refusal {
  readonly reason: string;
  readonly instead: string;
}

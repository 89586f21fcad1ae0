import { Check, Story } from './report';
import { send } from './request';
import { streamed } from './served';

const MCP = 'http://crm.voice/mcp';

/** What the grant of the tools opens, and what it does not. */
export function toolChecks(story: Story): Check[] {
  const agent = () => story.cluster.pod('voice/assistant-v1-0').address;
  const refused = (name: string, call: { url: string; rawPath?: string; method?: string }): Check => ({
    name: `the granted agent is refused ${name}`,
    run: async () => {
      const answer = await send({ ...call, as: agent() });
      if (answer.status !== undefined && answer.status < 400) throw new Error(`status ${answer.status}`);
      return `status ${answer.status ?? answer.error}`;
    },
  });
  return [
    ...['voice/assistant-v1-0', 'voice/assistant-v2-0'].map((pod): Check => ({
      name: `${pod} calls the tools`,
      run: async () => {
        const answer = await send({ url: MCP, method: 'POST', body: '{}', as: story.cluster.pod(pod).address });
        if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}`);
        return 'status 200';
      },
    })),
    {
      name: 'a stream of the tools is not cut',
      run: async () => streamed(await send({ url: MCP, headers: { 'x-judge-stream': `${story.streamSeconds}s` }, as: agent(), timeoutMs: 60_000 }), story.streamSeconds),
    },
    refused('another path', { url: 'http://crm.voice/admin' }),
    refused('a path that only begins alike', { url: 'http://crm.voice/mcpx' }),
    refused('a path below', { url: 'http://crm.voice/', rawPath: '/mcp/../admin' }),
    refused('an encoded path', { url: 'http://crm.voice/', rawPath: '/mcp/%2e%2e/admin' }),
    refused('a path with an encoded slash', { url: 'http://crm.voice/', rawPath: '/mcp%2f..%2fadmin' }),
    refused('a path with a doubled slash', { url: 'http://crm.voice/', rawPath: '//admin' }),
    refused('another method', { url: MCP, method: 'PUT' }),
    refused('the pod around the waypoint', { url: `http://${story.cluster.pod('voice/crm-0').address}:8080/mcp` }),
  ];
}

import { ToolServerNode } from '../model/tool-server';
import { Trait } from '../model/trait';

/** The server that a boundary is for. */
export const toolServer = new Trait<ToolServerNode>('an McpToolBoundary');

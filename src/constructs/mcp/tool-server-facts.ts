import { ToolServerNode } from '../../model/tool-server';
import { Trait } from '../../model/trait';

/** The tool server of a boundary. */
export const toolServer = new Trait<ToolServerNode>('an McpToolBoundary');

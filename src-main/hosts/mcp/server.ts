import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { toUnbraidError } from '../../common/base/errors.js';
import type { EngineEvent } from '../../common/contract/commands.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import { Desk } from './desk.js';
import { Fence } from './fence.js';
import { fileTools } from './file-tools.js';
import { songTools } from './song-tools.js';
import type { Tool } from './tool.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

export const mcpTools: readonly Tool[] = [...fileTools, ...songTools];

const progressEvery = 250;

/** What of a tool call's surroundings is used here. */
interface Call {
  readonly signal: AbortSignal;
  readonly token: string | number | undefined;
  readonly notify: (progress: number, total: number, message: string) => void;
}

/**
 * Serves the tools over stdin and stdout (Model Context Protocol) until the client goes or the signal.
 * Files outside of `folders` are neither read nor written.
 *
 * @throws UnbraidError `file-not-found` for a folder that is not there
 */
export async function serveMcp(
  api: EngineApi,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const server = new McpServer({ name: 'unbraid', version });
  const desk = new Desk();
  const fence = new Fence(folders);
  const client = api.client();
  const run = async (tool: Tool, args: unknown, call: Call): Promise<object> => {
    const job = randomUUID();
    const stop = client.subscribe((event) => tell(event, job, call));
    const cancel = (): void => void client.cancel({ job });
    call.signal.addEventListener('abort', cancel);
    try {
      return await tool.run(args as never, { api, client, desk, fence, job });
    } finally {
      call.signal.removeEventListener('abort', cancel);
      stop();
    }
  };
  for (const tool of mcpTools) {
    const { name, description, effect, input } = tool;
    const annotations = {
      readOnlyHint: effect === 'reads',
      destructiveHint: name === 'close_song',
      openWorldHint: false,
    };
    server.registerTool(
      name,
      { description, inputSchema: input, annotations },
      async (args: unknown, extra) => {
        const token = extra._meta?.progressToken;
        const notify = (progress: number, total: number, message: string): void => {
          if (token === undefined) return;
          const params = { progressToken: token, progress, total, message };
          void extra.sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
        };
        try {
          return answer(await run(tool, args, { signal: extra.signal, token, notify: seldom(notify) }));
        } catch (error) {
          return { ...answer(toUnbraidError(error).toWire()), isError: true };
        }
      },
    );
  }
  await new Promise<void>((resolve, reject) => {
    server.server.onclose = resolve;
    // The transport does not notice a client that closes its end.
    process.stdin.once('end', resolve);
    signal.addEventListener('abort', () => resolve());
    server.connect(new StdioServerTransport()).catch(reject);
  });
  await server.close();
}

function answer(value: object): {
  content: { type: 'text'; text: string }[];
  structuredContent: Record<string, unknown>;
} {
  return {
    content: [{ type: 'text', text: JSON.stringify(value) }],
    structuredContent: JSON.parse(JSON.stringify(value)) as Record<string, unknown>,
  };
}

/** Progress of files and songs, as the protocol has it: growing numbers and a line of text. */
function tell(event: EngineEvent, job: string, { notify }: Call): void {
  if (!('job' in event) || event.job !== job) return;
  if ('item' in event && event.item.state.state === 'separating') {
    tellOf(event.item.state.progress, event.item.source, notify);
  } else if ('session' in event && 'progress' in event) tellOf(event.progress, '', notify);
  else if ('checked' in event) notify(event.index + 1, event.total, 'checked');
}

function tellOf({ phase, done, total, speed }: Progress, source: string, notify: Call['notify']): void {
  const times = speed === null ? '' : `, ${speed.toFixed(1)} × realtime`;
  notify(done, total, `${phase}${source && ` ${source}`}${times}`);
}

function seldom(notify: Call['notify']): Call['notify'] {
  let last = 0;
  return (progress, total, message) => {
    if (Date.now() - last < progressEvery && progress < total) return;
    last = Date.now();
    notify(progress, total, message);
  };
}

import { request as http, Agent as HttpAgent } from 'http';
import { request as https, Agent as HttpsAgent } from 'https';
import { connect } from 'net';
import { connect as secure } from 'tls';

/** What came of one request; a connection that was refused, reset or cut has no status. */
export interface Answer {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly whole: boolean;
  readonly error?: string;
}

export interface Call {
  readonly url: string;
  /** The path as it goes over the wire, where a URL would be normalized first. */
  readonly rawPath?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Address of the pod that calls; none means somebody outside the mesh. */
  readonly as?: string;
  /**
   * Name of the server in TLS.
   *
   * @default - the URL's host
   */
  readonly servername?: string;
  /** Certificate that signs the server's. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

const plain = new HttpAgent({ keepAlive: false });
const tls = new HttpsAgent({ keepAlive: true, maxSockets: 16 });

export function send(call: Call): Promise<Answer> {
  const url = new URL(call.url);
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve) => {
    let answered: Partial<Answer> = {};
    let text = '';
    const end = (whole: boolean, error?: Error) => resolve({ headers: {}, ...answered, text, whole, error: error?.message });
    const request = (isSecure ? https : http)(url, {
      method: call.method ?? 'GET',
      ...(call.rawPath !== undefined && { path: call.rawPath }),
      headers: { ...call.headers, ...(call.body !== undefined && { 'content-length': String(Buffer.byteLength(call.body)) }) },
      localAddress: call.as,
      agent: isSecure ? tls : plain,
      ...(isSecure && { ca: call.ca, servername: call.servername ?? url.hostname }),
      timeout: call.timeoutMs ?? 5000,
    } as never, (response) => {
      answered = { status: response.statusCode, headers: response.headers };
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('end', () => end(response.complete));
      response.on('error', (error) => end(false, error));
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', (error) => end(false, error));
    request.end(call.body);
  });
}

/** Whether a TLS server lets a caller come as far as its certificate. */
export function shakesHands(host: string, port: number, as: string | undefined, servername?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: as, timeout: 4000 });
    const end = (reached: boolean) => { socket.destroy(); resolve(reached); };
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
    secure({ socket, servername, rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => end(true)).on('error', () => end(false));
  });
}

/** Runs what is given a few at a time and keeps the order of the answers. */
export async function inParallel<T>(count: number, width: number, one: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    for (let index = next++; index < count; index = next++) results[index] = await one(index);
  }));
  return results;
}

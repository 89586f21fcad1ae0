import { execFileSync } from 'child_process';
import { ClientHttp2Session, connect, constants, createServer, Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'http2';
import { connect as plain } from 'net';
import { connect as secure } from 'tls';

/** Statuses of gRPC. */
export const STATUS = {
  OK: 0, NOT_FOUND: 5, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12, INTERNAL: 13, UNAVAILABLE: 14, UNAUTHENTICATED: 16,
} as const;

const CONTENT_TYPE = 'application/grpc';

/** What came of one call. Without a status the connection or the stream was cut. */
export interface GrpcAnswer {
  readonly http?: number;
  readonly status?: number;
  readonly message?: string;
  /** Metadata of the response, before its messages. */
  readonly headers: IncomingHttpHeaders;
  readonly messages: readonly string[];
  /** Whether the response had no messages and stated its status in its only headers. */
  readonly isTrailersOnly: boolean;
  readonly error?: string;
}

export interface GrpcCall {
  /** Such as `http://planner.voice`. */
  readonly url: string;
  readonly method: string;
  /** Messages of the client. Each is sent when the response to the one before has arrived, if `isTalk`. */
  readonly messages?: readonly string[];
  readonly isTalk?: boolean;
  readonly metadata?: Record<string, string>;
  /** Address of the pod that calls; none means somebody outside the mesh. */
  readonly as?: string;
  /** Certificate that signs the server's. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/** A message as gRPC sends it: a byte that says that it is not compressed, the length in four bytes, and the content. */
function frame(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Reads messages from pieces of a body, which proxies may cut anywhere. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  public constructor(private readonly onMessage: (text: string) => void) {}

  public add(piece: Buffer): void {
    this.rest = Buffer.concat([this.rest, piece]);
    while (this.rest.length >= 5 && this.rest.length >= 5 + this.rest.readUInt32BE(1)) {
      const end = 5 + this.rest.readUInt32BE(1);
      this.onMessage(this.rest.subarray(5, end).toString());
      this.rest = this.rest.subarray(end);
    }
  }
}

function sessionOf({ url, as, ca }: GrpcCall): ClientHttp2Session {
  const { hostname, port, protocol } = new URL(url);
  const isSecure = protocol === 'https:';
  return connect(url, {
    createConnection: () => {
      const socket = plain({ host: hostname, port: Number(port || (isSecure ? 443 : 80)), localAddress: as });
      return isSecure ? secure({ socket, servername: hostname, ca, ALPNProtocols: ['h2'] }) : socket;
    },
  });
}

/** Calls a method as gRPC clients do, on a connection of its own. */
export function callGrpc(call: GrpcCall): Promise<GrpcAnswer> {
  const { method, messages: sent = [''], isTalk = false, metadata, timeoutMs = 8_000 } = call;
  return new Promise((resolve) => {
    const session = sessionOf(call);
    const messages: string[] = [];
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders | undefined;
    const end = (error?: Error) => {
      session.destroy();
      const stated = trailers ?? headers;
      const status = stated['grpc-status'] as string | undefined;
      resolve({
        http: headers[':status'] as number | undefined, headers, messages, isTrailersOnly: trailers === undefined && status !== undefined,
        status: status === undefined ? undefined : Number(status), message: stated['grpc-message'] as string | undefined, error: error?.message,
      });
    };
    session.setTimeout(timeoutMs, () => end(new Error('timeout')));
    session.on('error', end);
    const stream = session.request({ ':method': 'POST', ':path': method, 'content-type': CONTENT_TYPE, 'te': 'trailers', ...metadata });
    const queue = [...sent];
    const next = () => {
      const text = queue.shift();
      if (text === undefined) stream.end(); else stream.write(frame(text));
    };
    const reader = new Messages((text) => {
      messages.push(text);
      if (isTalk) next();
    });
    stream.on('response', (got) => { headers = got; });
    stream.on('trailers', (got) => { trailers = got; });
    stream.on('data', (piece: Buffer) => reader.add(piece));
    stream.on('error', end);
    stream.on('close', () => end(stream.rstCode === constants.NGHTTP2_NO_ERROR ? undefined : new Error(`reset ${stream.rstCode}`)));
    if (isTalk) {
      next();
    } else {
      while (queue.length > 0) next();
      next();
    }
  });
}

const SERVICE = '/planner.v1.Planner';

/** Methods of the server below. */
export const METHOD = {
  /** One answer to all messages: the name of the agent and the messages. */
  plan: `${SERVICE}/Plan`,
  /** One message, a number: so many answers, a few milliseconds apart. */
  steps: `${SERVICE}/Steps`,
  /** An answer for each message, at once. */
  talk: `${SERVICE}/Talk`,
  /** No answer: NOT_FOUND in the only headers. */
  refuse: `${SERVICE}/Refuse`,
  /** Two answers and then INTERNAL. */
  half: `${SERVICE}/Half`,
  /** The metadata `x-fails` says how many tries of one call, by `x-call`, end with the status in `x-status`. */
  flaky: `${SERVICE}/Flaky`,
} as const;

const MOST_TRIES = 20;

/** Listens where the rig's server of a pod does, which answers no gRPC. Both cannot, and the rig cannot be asked to leave a port alone. */
async function takePlace(server: Http2Server, address: string, port: number): Promise<void> {
  execFileSync('ss', ['-K', '-H', '-l', '-t', '-n', 'src', `${address}:${port}`], { stdio: 'ignore' });
  for (let left = MOST_TRIES; ; left--) {
    const error = await new Promise<Error | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen(port, address, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!error) return;
    if (left === 0) throw error;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Answers the methods above as a pod. Tries are counted in `tries`, by the metadata `x-call`. */
export async function serveGrpc(pod: string, address: string, port: number, tries: Map<string, number>): Promise<void> {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    if (headers['content-type'] !== CONTENT_TYPE || headers.te !== 'trailers') {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const call = String(headers['x-call']);
    tries.set(call, (tries.get(call) ?? 0) + 1);
    answer(stream, headers, pod, tries.get(call)!);
  });
  await takePlace(server, address, port);
}

function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, pod: string, attempt: number): void {
  const method = headers[':path'];
  stream.on('error', () => undefined); // a caller that went away
  const fail = (status: number, message: string) => stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-status': String(status), 'grpc-message': message }, { endStream: true });
  if (method === METHOD.refuse) return fail(STATUS.NOT_FOUND, 'no%20plan');
  if (method === METHOD.flaky && attempt <= Number(headers['x-fails'])) return fail(Number(headers['x-status']), 'not now');
  let status: number = STATUS.OK;
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': status === STATUS.OK ? '' : 'broken' }));
  stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, 'x-pod': pod }, { waitForTrailers: true });
  const say = (text: string) => stream.write(frame(text));
  const asked: string[] = [];
  const reader = new Messages((text) => {
    asked.push(text);
    if (method === METHOD.talk) say(`${pod}: ${text}`);
  });
  stream.on('data', (piece: Buffer) => reader.add(piece));
  stream.on('end', async () => {
    if (method === METHOD.steps) {
      for (let step = 1; step <= Number(asked[0]); step++) {
        say(String(step));
        if (step % 10 === 0) await new Promise((done) => setTimeout(done, 5));
      }
    } else if (method === METHOD.half) {
      say('1');
      say('2');
      status = STATUS.INTERNAL;
    } else if (method === METHOD.plan || method === METHOD.flaky) {
      say(`${pod}: ${asked.join()}`);
    } else if (method !== METHOD.talk) {
      status = STATUS.UNIMPLEMENTED;
    }
    stream.end();
  });
}

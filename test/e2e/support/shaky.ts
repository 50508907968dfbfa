import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createPort, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../out/hosts/web/main.js', import.meta.url));

async function freePort(): Promise<number> {
  const server = createPort().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A web host that is killed and started again at the same port, with the same state. */
export class ShakyHost {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async at(env: NodeJS.ProcessEnv): Promise<ShakyHost> {
    return new ShakyHost(await freePort(), env);
  }

  /** Starts it; the address it prints, or null when it ended instead, as on a full disk. */
  async start(): Promise<string | null> {
    const child = spawn(process.execPath, [main, '--port', `${this.port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.env },
    });
    this.child = child;
    return new Promise((resolve) => {
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
      child.once('exit', () => resolve(null));
    });
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** The way from the browser to hosts, as an HTTP proxy on the loopback interface: it can be cut at any moment. */
export class Wire {
  private readonly sockets = new Set<Duplex>();
  private down = false;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => this.hold(socket));
    server.on('request', (incoming, outgoing) => {
      const { method, headers } = incoming;
      const onward = request(incoming.url!, { method, headers, agent: false }, (answer: IncomingMessage) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      });
      onward.on('error', () => incoming.socket.destroy());
      incoming.on('error', () => onward.destroy()).pipe(onward);
    });
    // Chromium reaches WebSockets by a tunnel.
    server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
      const onward = connect(Number(incoming.url!.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    });
  }

  static async open(): Promise<Wire> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Wire(server);
  }

  /** For the browser; it sends what is for the loopback interface past a proxy unless told otherwise. */
  get proxy(): { readonly server: string; readonly bypass: string } {
    const { port } = this.server.address() as AddressInfo;
    return { server: `http://127.0.0.1:${port}`, bypass: '<-loopback>' };
  }

  /** Drops every connection, whatever is on its way; new ones are refused until `mend`. */
  cut(): void {
    this.down = true;
    this.drop();
  }

  mend(): void {
    this.down = false;
  }

  /** Drops every connection; new ones are welcome. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private hold(socket: Socket): void {
    if (this.down) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }
}

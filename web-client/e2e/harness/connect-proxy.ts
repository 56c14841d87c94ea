/**
 * An HTTP proxy of a strict office: CONNECT to one host and port, nothing else, and if it looks inside,
 * nothing but TLS through the tunnel.
 */
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";

/** First byte of a TLS connection: a handshake record. */
const TLS_HANDSHAKE = 0x16;

export class ConnectProxy {
  /** Tunnels that carried something to the server. */
  tunnels = 0;
  /** Requests for another place, or of another kind than CONNECT. */
  refused = 0;
  /** Tunnels that were closed because what went through was no TLS. */
  notTls = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return address.port;
  }

  /** Listens on `address`; tunnels lead to `host`:`port` only. */
  static async start(
    address: string,
    allowed: { host: string; port: number },
    onlyTls: boolean,
  ): Promise<ConnectProxy> {
    const server = createServer((_, response) => {
      proxy.refused += 1;
      response.writeHead(403).end();
    });
    const proxy = new ConnectProxy(server);
    server.on("connect", (request, client: Socket) => {
      proxy.#keep(client);
      if (request.url !== `${allowed.host}:${allowed.port}`) {
        proxy.refused += 1;
        client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const target = connect(allowed.port, allowed.host);
      proxy.#keep(target);
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.once("data", (first: Buffer) => {
        if (onlyTls && first[0] !== TLS_HANDSHAKE) {
          proxy.notTls += 1;
          client.destroy();
          return;
        }
        proxy.tunnels += 1;
        target.write(first);
        client.pipe(target);
      });
      target.pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    return proxy;
  }

  /** Ends every tunnel. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  }
}

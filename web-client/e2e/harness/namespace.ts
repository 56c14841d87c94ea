/**
 * A network namespace with one cable to this machine, so that a browser's network can really be
 * cut. Needs root (or CAP_NET_ADMIN); `canMakeNamespaces` says whether it is so.
 */
import { execFileSync } from "node:child_process";

const OUTSIDE = "10.213.77.1";
const INSIDE = "10.213.77.2";

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}

export class Namespace {
  /** Address of this machine on the cable: what the server must advertise. */
  readonly serverAddress = OUTSIDE;

  private constructor(
    readonly name: string,
    private readonly cable: string,
  ) {}

  /** Makes namespace and cable. */
  static make(): Namespace {
    const tag = String(process.pid % 100_000);
    const space = new Namespace(`dc-e2e-${tag}`, `dce${tag}`);
    ip("netns", "add", space.name);
    ip("link", "add", space.cable, "type", "veth", "peer", "name", "eth0", "netns", space.name);
    // No address by itself: one that appears a second later is a change of network to a browser,
    // which then breaks off what it is loading.
    ip("link", "set", space.cable, "addrgenmode", "none");
    ip("-n", space.name, "link", "set", "eth0", "addrgenmode", "none");
    ip("addr", "add", `${OUTSIDE}/30`, "dev", space.cable);
    ip("link", "set", space.cable, "up");
    ip("-n", space.name, "addr", "add", `${INSIDE}/30`, "dev", "eth0");
    ip("-n", space.name, "link", "set", "lo", "up");
    ip("-n", space.name, "link", "set", "eth0", "up");
    return space;
  }

  /**
   * A firewall in the namespace that lets nothing pass but TCP to `port` of this machine; replaces the
   * one before. What it drops of UDP is counted.
   */
  allowOnlyTcp(port: number): void {
    const rules = `
      table inet locked
      delete table inet locked
      table inet locked {
        counter udp_dropped { }
        chain out {
          type filter hook output priority 0; policy drop;
          oifname "lo" accept
          ip daddr ${OUTSIDE} tcp dport ${port} accept
          meta l4proto udp counter name udp_dropped
        }
        chain in {
          type filter hook input priority 0; policy drop;
          iifname "lo" accept
          ip saddr ${OUTSIDE} tcp sport ${port} accept
        }
      }`;
    execFileSync("ip", ["netns", "exec", this.name, "nft", "-f", "-"], {
      input: rules,
      stdio: ["pipe", "ignore", "pipe"],
    });
  }

  /** UDP packets that the firewall has dropped. */
  droppedUdp(): number {
    const args = ["netns", "exec", this.name, "nft", "list", "counter", "inet", "locked", "udp_dropped"];
    const listed = execFileSync("ip", args, { encoding: "utf8" });
    return Number(/packets (\d+)/u.exec(listed)?.[1] ?? 0);
  }

  /** Pulls the cable. */
  cut(): void {
    ip("link", "set", this.cable, "down");
  }

  /** Plugs it in again. */
  mend(): void {
    ip("link", "set", this.cable, "up");
  }

  /** Makes the way to the namespace as narrow as this, with a queue of 300 ms. */
  narrow(kbitPerSecond: number): void {
    const shape = ["rate", `${kbitPerSecond}kbit`, "burst", "4kb", "latency", "300ms"];
    execFileSync("tc", ["qdisc", "replace", "dev", this.cable, "root", "tbf", ...shape]);
  }

  /** Makes it wide again. */
  widen(): void {
    execFileSync("tc", ["qdisc", "del", "dev", this.cable, "root"]);
  }

  /** Removes both. */
  remove(): void {
    ip("link", "del", this.cable);
    ip("netns", "del", this.name);
  }
}

/** Whether a firewall can be put into a namespace: nftables is installed and the kernel has it. */
export function canFilter(space: Namespace): boolean {
  try {
    execFileSync("ip", ["netns", "exec", space.name, "nft", "list", "ruleset"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may make network namespaces. */
export function canMakeNamespaces(): boolean {
  try {
    ip("netns", "add", "dc-e2e-probe");
    ip("netns", "del", "dc-e2e-probe");
    return true;
  } catch {
    return false;
  }
}

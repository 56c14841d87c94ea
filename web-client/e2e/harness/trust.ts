/**
 * Home folder of a person who installed the server's root certificate: browsers started with it are
 * strict about certificates and accept ours, as in an office. TURN inside TLS needs that.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Server } from "./server.ts";

/** Made anew; the caller removes it. */
export async function trustingHome(server: Server): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), "diemcau-trusting-"));
  const store = path.join(home, ".pki", "nssdb");
  mkdirSync(store, { recursive: true });
  const root = await server.request("GET", "/ca/root.pem");
  const file = path.join(home, "root.pem");
  writeFileSync(file, String(root.json));
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "diem-cau", "-i", file]);
  return home;
}

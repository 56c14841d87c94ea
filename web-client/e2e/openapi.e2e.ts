/**
 * What the server says of its API (`/api/v1/openapi.json`) against what it does: schemathesis asks every
 * operation, with what the document allows and with what it does not, as a stranger, a chair, a secretary and
 * an administrator. No answer may be a server error, or one that the document does not name.
 * The seed is fixed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROGRAMS, TEST_PYTHON } from "./harness/programs.ts";
import { Server } from "./harness/server.ts";

const SEED = "20251201";
const ROLES = ["chair", "secretary", "administrator"];
const EXAMPLES = "4";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
].join(",");

/** Ends the session that asks: all that follows would be asked by a stranger. */
const LEFT_OUT = "/api/v1/auth/logout";

type Ids = Record<
  "conference" | "cancelled" | "invitation" | "template" | "webhook" | "site" | "token",
  string
>;

let server: Server;
let folder: string;
let running: ChildProcess | null = null;
/** Signed in before the first request: the passwords that are guessed at lock the accounts. */
const cookies = new Map<string, string>();
/** What each of them asks about, made before the first request too: making meetings has a limited pace. */
const asked = new Map<string, Ids>();

beforeAll(async () => {
  server = await Server.start();
  folder = mkdtempSync(path.join(tmpdir(), "diemcau-openapi-"));
  for (const role of ROLES) cookies.set(role, await signIn(role));
  for (const role of ["stranger", ...ROLES]) asked.set(role, await prepare());
});

afterAll(async () => {
  running?.kill("SIGKILL");
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function signIn(role: string): Promise<string> {
  const { user, password } = server.demoAccount(role);
  const answer = await server.request("POST", "/api/v1/auth/login", { user, password });
  expect(answer.status).toBe(200);
  return answer.cookies.map((one) => one.split(";")[0]).join("; ");
}

/** Makes what is asked about: each of it anew for each who asks, since some of the requests remove it. */
async function prepare(): Promise<Ids> {
  const ask = async (role: string, method: string, at: string, body?: unknown): Promise<unknown> => {
    const answer = await server.request(method, `/api/v1${at}`, body, { cookie: cookies.get(role) ?? "" });
    expect(answer.status, `${method} ${at}: ${JSON.stringify(answer.json)}`).toBeLessThan(300);
    return answer.json;
  };
  const sites = (await ask("secretary", "GET", "/sites")) as { id: string }[];
  const site = sites[0]?.id ?? "";
  const plan = async (title: string): Promise<string> => {
    const made = await ask("secretary", "POST", "/conferences", { title, guests: true, sites: [site] });
    return (made as { id: string }).id;
  };
  const conference = await plan("Họp thử giao diện lập trình");
  const people = [{ user: server.demoAccount("chair").user, role: "chair" }];
  const invited = await ask("secretary", "POST", `/conferences/${conference}/invitations`, { people });
  const template = await ask("secretary", "POST", "/templates", { name: "Giao ban", from: conference });
  const hook = { url: "https://khong-co.example.vn/nhan-tin", events: ["meeting.ended"] };
  const webhook = await ask("administrator", "POST", "/webhooks", hook);
  return {
    conference,
    cancelled: await plan("Họp thử hủy"),
    site,
    invitation: (invited as { id: string }[])[0]?.id ?? "",
    template: (template as { id: string }).id,
    webhook: (webhook as { webhook: { id: string } }).webhook.id,
    token: server.run("token", "--conference", conference, "--name", "Máy quay", "--role", "delegate"),
  };
}

/** Names what exists, so that more is tried than what is said of something unknown. */
function settings(ids: Ids): string {
  return `
[phases.coverage]
unexpected-methods = []

[parameters]
"path.id" = "${ids.conference}"
"path.site" = "${ids.site}"
"path.invitation" = "${ids.invitation}"
"path.template" = "${ids.template}"
"path.hook" = "${ids.webhook}"

[[operations]]
include-path-regex = "/(cancel|restore)$"
parameters = { "path.id" = "${ids.cancelled}" }

[[operations]]
include-path-regex = "/(whip|whep|{way}/{key})$"
headers = { Authorization = "Bearer ${ids.token}" }
`;
}

async function askEverything(name: string, cookie: string | undefined): Promise<string> {
  const config = path.join(folder, `${name}.toml`);
  writeFileSync(config, settings(asked.get(name) as Ids));
  const who = cookie === undefined ? [] : ["--header", `Cookie: ${cookie}`];
  const args = ["--config-file", config, "--no-color", "run", `${server.url}/api/v1/openapi.json`];
  args.push("--tls-verify", "false", "--header", `Origin: ${server.url}`, ...who, "--exclude-path", LEFT_OUT);
  args.push("--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES);
  args.push("--seed", SEED, "--generation-database", "none", "--no-shrink", "--continue-on-failure");
  // A connection that the server closes between two requests is no answer; asked again, there is one.
  args.push("--request-retries", "2", "--request-timeout", "20", "--warnings", "off");
  // How long making examples takes on a busy machine says nothing about the server.
  args.push("--suppress-health-check", "all");
  const child = spawn(path.join(path.dirname(TEST_PYTHON), "schemathesis"), args, {
    cwd: folder,
    env: { ...process.env, PYTHONPATH: PROGRAMS, SCHEMATHESIS_HOOKS: "openapi_bodies" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  let said = "";
  const hear = (part: Buffer): void => {
    said = (said + part.toString()).slice(-40_000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const status = await new Promise((ended) => child.once("close", ended));
  expect(status, said).toBe(0);
  return said;
}

describe("every answer of the API is one that its description names", () => {
  for (const role of ["stranger", ...ROLES]) {
    test(`asked by ${role === "stranger" ? "a stranger" : `the ${role}`}`, async () => {
      const said = await askEverything(role, cookies.get(role));
      const [, tested] = /Tested: (\d+)/.exec(said) ?? [];
      const document = (await server.request("GET", "/api/v1/openapi.json")).json;
      const { paths } = document as { paths: Record<string, Record<string, unknown>> };
      const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
      expect(Number(tested), said).toBe(operations.length - 1);
      expect((await server.request("GET", "/readyz")).status).toBe(200);
    });
  }
});
